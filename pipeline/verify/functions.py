"""Parses functions with what they act on: fractions, roots, logarithms, sines."""

from pipeline.verify.brackets import BracketParser
from pipeline.verify.limits import NotMathematics
from pipeline.verify.nodes import Node


class FunctionParser(BracketParser):
    """A function and its arguments."""

    def function(self) -> Node:
        name = self.advance().value
        if name == "frac":
            top = self.braced()
            return ("div", top, self.braced())
        if name == "binom":
            top = self.braced()
            return ("fn", "binom", top, self.braced())
        if name in ("sqrt", "wordsqrt"):
            return self.root(name)
        if name in ("overline", "pmod", "mod"):
            raise NotMathematics(name)
        base: Node | None = None
        if self.take("_"):
            base = self.braced()
        exponent: Node | None = None
        if self.take("^"):
            exponent = self.exponent()
        arguments = self.arguments()
        if name == "cis":
            return _turn(arguments)
        if name == "log" and base is not None:
            node: Node = ("fn", "logb", base, *arguments)
        elif base is not None:
            raise NotMathematics("a subscript")
        elif exponent == ("neg", ("num", 1)) and name in ("sin", "cos", "tan", "cot", "sec", "csc"):
            return ("fn", "arc" + name, *arguments)
        elif exponent == ("neg", ("num", 1)) and name in ("sinh", "cosh", "tanh"):
            return ("fn", "ar" + name, *arguments)
        else:
            node = ("fn", name, *arguments)
        return ("pow", node, exponent) if exponent is not None else node

    def root(self, name: str) -> Node:
        degree: Node | None = None
        if self.take("["):
            degree = self.sum()
            self.expect("]")
        inner = self.braced() if name == "sqrt" or self.at("{") else self.atom()  # √23 is one number, \\sqrt23 two
        return ("fn", "sqrt", inner) if degree is None else ("fn", "root", degree, inner)

    def arguments(self) -> tuple[Node, ...]:
        """Parse what a function acts on: brackets, or the product behind it up to the next function or sign."""
        if self.at("(", "[", "{", "{set"):
            inside = self.bracketed(keep=True) if not self.at("{") else self.braced()
            if inside[0] == "seq":
                return tuple(inside[2])
            return tuple(inside[1]) if inside[0] == "list" else (inside,)
        self.deeper()
        self.take("+")
        node = ("neg", self.power()) if self.take("-") else self.power()
        while self.token.kind in ("number", "symbol", "constant", "word") or (
            self.token.kind == "function" and self.token.value in ("frac", "sqrt")
        ):
            node = ("mul", node, self.power())
            if self.at("/"):
                self.advance()
                node = ("div", node, self.power())
        self.depth -= 1
        return (node,)


def _turn(arguments: tuple[Node, ...]) -> Node:
    """Write cis t out: cos t + i sin t."""
    if len(arguments) != 1:
        raise NotMathematics("cis of several")
    return ("add", ("fn", "cos", arguments[0]), ("mul", ("const", "i"), ("fn", "sin", arguments[0])))
