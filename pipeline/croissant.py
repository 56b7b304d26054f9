"""Croissant metadata (mlcommons.org/croissant 1.0 and its RAI terms), every figure from the manifest and the facts."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from pipeline.artefact import SCHEMA
from pipeline.card import Release
from pipeline.licences import licence_of
from pipeline.manifest import raw_files

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def make_croissant(manifest: Mapping[str, Any], facts: Mapping[str, Any], release: Release) -> dict[str, Any]:
    """Return the JSON-LD of a published blend: its files by configuration, the fields of its rows, how it was made."""
    url = f"https://huggingface.co/datasets/{release.repo}"
    licences = sorted(set(facts["counts"]["licence"]) - set(release.withheld))
    sets = {split: f"data/{split}-*.parquet" for split, num in manifest["rows"].items() if num}
    sets["rejected"] = "rejected/*.parquet"
    if release.unfiltered:
        sets["unfiltered"] = "unfiltered/*.parquet"
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": manifest["blend"],
        "description": manifest["recipe"]["about"].strip(),
        "url": url,
        "license": licences if len(licences) > 1 else licence_of(licences)["license"],
        "version": "1.0.0",
        "keywords": ["rlvr", "reinforcement learning", "reasoning", "verifiable rewards"],
        "citeAs": f"{manifest['blend']}, built with crossthink; rows digest {manifest['rows_digest']}",
        **_responsible(manifest, facts, release),
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": "repo", "name": "repo", "contentUrl": url,
                "encodingFormat": "git+https", "sha256": manifest["rows_digest"],
                "description": "The repository; its shards' own digests stand in manifest.json.",
            },
            *(
                {
                    "@type": "cr:FileSet", "@id": name, "name": name, "containedIn": {"@id": "repo"},
                    "encodingFormat": "application/x-parquet", "includes": pattern,
                }
                for name, pattern in sets.items()
            ),
        ],
        "recordSet": [_records(split) for split in ("train", "validation") if split in sets],
    }  # fmt: skip


def _responsible(manifest: Mapping[str, Any], facts: Mapping[str, Any], release: Release) -> dict[str, Any]:
    """Return the RAI terms: where the rows come from, what was done to them, and what they must not be used for."""
    stages = list(dict.fromkeys(step["step"] for step in manifest["steps"] if not step.get("beside")))
    sources = sorted({one["name"] for one in raw_files(manifest) if one["role"] == "source"})
    tested = [one for one in facts.get("contamination", {}).get("self_test", []) if one["is_leak"] is True]
    found = f"{sum(one['dropped'] for one in tested)} of {sum(one['planted'] for one in tested)} planted leaks"
    letters = ", ".join(f"{name} {num:,}" for name, num in sorted(facts["gold_letters"].items())) or "none"
    limits = [f"Gold letters: {letters}."]
    if facts["non_commercial_rows"]:
        limits.append(f"{facts['non_commercial_rows']:,} rows may not be used commercially.")
    if release.withheld:
        limits.append(f"The text of {sum(release.withheld.values()):,} rows is withheld for their licence.")
    if manifest["missing"]:
        limits.append(f"Not compared with, because not at hand: {', '.join(manifest['missing'])}.")
    return {
        "rai:dataCollection": f"Questions with golds from {len(sources)} sources: {', '.join(sources)}; each row says "
        "its source, file, revision and licence.",
        "rai:dataCollectionType": ["Secondary Data analysis"],
        "rai:dataPreprocessingProtocol": [f"crossthink's stages in order: {', '.join(stages)}; manifest.json has each "
                                          "with its parameters, rejected/ every dropped row with its reason."],
        "rai:dataAnnotationProtocol": "Golds are the sources' own; each earns its reward through the program that "
        "grades the answers of a model.",
        "rai:dataLimitations": limits,
        "rai:dataBiases": [f"Shares of the sources: {_shares(facts)}. Texts are mostly English."],
        "rai:dataUseCases": ["Training language models by reinforcement learning with verifiable rewards. Not for "
                             f"measuring them: contamination was tested with {found} found."],
        "rai:personalSensitiveInformation": ["None is sought; names in questions are the sources' own and were not "
                                             "looked for."],
        "rai:dataReleaseMaintenancePlan": "A release is one commit; manifest.json builds the same bytes again.",
    }  # fmt: skip


def _shares(facts: Mapping[str, Any]) -> str:
    counts = facts["counts"]["source"]
    return ", ".join(f"{name} {num / sum(counts.values()):.1%}" for name, num in counts.items())


def _records(split: str) -> dict[str, Any]:
    fields = [field for one in SCHEMA for field in _fields(split, one)]
    return {"@type": "cr:RecordSet", "@id": f"{split}_rows", "name": f"{split}_rows", "field": fields}


def _fields(split: str, column: pa.Field) -> Iterator[dict[str, Any]]:
    """Yield the field of a column; of one with fields of its own, those."""
    kind, repeated = column.type, pa.types.is_list(column.type)
    if repeated:
        kind = kind.value_type
    inner = list(kind) if pa.types.is_struct(kind) else []
    one: dict[str, Any] = {
        "@type": "cr:Field", "@id": f"{split}_rows/{column.name}", "name": column.name,
        **({"repeated": True} if repeated else {}),
    }  # fmt: skip
    source = {"fileSet": {"@id": split}, "extract": {"column": column.name}}
    if not inner:
        yield one | {"dataType": _type(kind), "source": source}
        return
    yield one | {
        "subField": [
            {
                "@type": "cr:Field", "@id": f"{split}_rows/{column.name}/{field.name}", "name": field.name,
                **({"repeated": True} if pa.types.is_list(field.type) else {}),
                "dataType": _type(field.type), "source": source | {"transform": {"jsonPath": field.name}},
            }
            for field in inner
        ]
    }  # fmt: skip


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
