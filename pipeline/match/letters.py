"""What single bytes are: parts of words, digits, signs, or what their neighbours make of them."""

# Classes of bytes. From QUOTE on the neighbours decide what the byte is.
SPACE, WORDY, DIGIT, SIGNED, QUOTE, DASH, POINT, COMMA, BANG, COLON, STAR, BRACKET = range(12)

MARGIN = 8  # bytes on each side of texts that may be read


def _classes() -> bytes:
    """Return the class of each byte; bytes of 128 and more belong to letters that are not Latin."""
    table = bytearray(256)
    table[128:] = bytes([WORDY]) * 128
    for letter in b"abcdefghijklmnopqrstuvwxyz":
        table[letter] = table[letter - 32] = WORDY
    for digit in b"0123456789":
        table[digit] = DIGIT
    for sign in b"+/=<>^%|":
        table[sign] = SIGNED
    special = {b"'": QUOTE, b"-": DASH, b".": POINT, b",": COMMA, b"!": BANG, b":": COLON, b"*": STAR}
    for byte, kind in special.items():
        table[byte[0]] = kind
    for bracket in b"()[]":
        table[bracket] = BRACKET
    return bytes(table)


CLASSES = _classes()
LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
