"""Shell text as a tree: simple commands, pipes, loops, tests and functions; what is no shell gives what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

_CONTROL = ("\n", ";;", ";", "&&", "||", "|&", "|", "&>>", "&>", "&", "(", ")")
_REDIRECT = ("<<<", "<<-", "<<", ">>", ">&", "<&", ">|", "<>", "<", ">")
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_BLANK = " \t\r"
_OPENS = {"$": ("(", "{")}
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A raw word (quotes kept) or an operator, with its line."""

    text: str
    line: int
    is_word: bool


@dataclass(slots=True)
class Simple:
    """One command: raw words, redirections as (operator, raw target), the text of its here-document."""

    words: list[str]
    line: int
    redirects: list[tuple[str, str]] = field(default_factory=list)
    document: str | None = None


@dataclass(slots=True)
class Pipe:
    parts: list[Node]


@dataclass(slots=True)
class For:
    name: str
    words: list[str]
    body: list[Node]


@dataclass(slots=True)
class If:
    """Tests with their branches; the last may have no test."""

    branches: list[tuple[list[Node], list[Node]]]


@dataclass(slots=True)
class While:
    test: list[Node]
    body: list[Node]


@dataclass(slots=True)
class Case:
    word: str
    branches: list[tuple[list[str], list[Node]]]


@dataclass(slots=True)
class Group:
    body: list[Node]
    subshell: bool


@dataclass(slots=True)
class Function:
    name: str
    body: list[Node]


Node: TypeAlias = "Simple | Pipe | For | If | While | Case | Group | Function"


def parse(text: str) -> list[Node]:
    """The commands of a script, in order."""
    return _Parser(*_tokens(text)).program()


# -- tokens --------------------------------------------------------------------------------------------
def _tokens(text: str) -> tuple[list[Token], dict[int, str]]:
    """All tokens, and the text of each here-document by the index of its operator."""
    found: list[Token] = []
    documents: dict[int, str] = {}
    pending: list[int] = []
    at, line = 0, 1
    while at < len(text):
        if text.startswith("\\\n", at) or text[at] in _BLANK:
            width = 2 if text[at] == "\\" else 1
            line += width - 1
            at += width
            continue
        if text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        operator = next((one for one in (*_CONTROL, *_REDIRECT) if text.startswith(one, at)), "")
        if text.startswith(("<<", "<(", ">("), at):
            operator = next((one for one in _REDIRECT[:3] if text.startswith(one, at)), "")
        if operator:
            found.append(Token(operator, line, False))
            at += len(operator)
            if operator in ("<<", "<<-"):
                pending.append(len(found) - 1)
            if operator == "\n":
                line += 1
                for index in pending:
                    at, line = _document(text, at, line, found, index, documents)
                pending = []
            continue
        end = _word_end(text, at)
        word = text[at:end]
        if word.isdigit() and text[end : end + 1] in ("<", ">"):
            at = end  # a file descriptor
            if word == "2":
                found.append(Token("2", line, False))
            continue
        found.append(Token(word.replace("\\\n", ""), line, True))
        line += word.count("\n")
        at = end
    return found, documents


def _document(
    text: str, at: int, line: int, found: list[Token], index: int, documents: dict[int, str]
) -> tuple[int, int]:  # fmt: skip
    raw = found[index + 1].text if index + 1 < len(found) else ""
    mark = raw.strip("'\"\\")
    body: list[str] = []
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        one = text[at:end]
        at, line = end + 1, line + 1
        if (one.lstrip("\t") if found[index].text == "<<-" else one).rstrip("\r") == mark:
            break
        body.append(one)
    documents[index] = "\n".join(body) + "\n"
    return min(at, len(text)), line


def _word_end(text: str, at: int) -> int:
    """The end of the word that starts at `at`; quotes, `$(…)`, `${…}` and `x=(…)` belong to it."""
    start = at
    while at < len(text):
        one = text[at]
        if one == "\\":
            at += 2
        elif one == "'":
            at = _after(text, at + 1, "'")
        elif one in '"`':
            at = _quoted_end(text, at)
        elif one in "$<>" and text[at + 1 : at + 2] in _OPENS.get(one, ("(",)) and (one == "$" or at == start):
            at = closing(text, at + 1)
        elif one == "(" and text[start:at].endswith("="):
            at = closing(text, at)
        elif one in " \t\r\n;&|<>()":
            break
        else:
            at += 1
    return max(min(at, len(text)), start + 1)


def _after(text: str, at: int, mark: str) -> int:
    end = text.find(mark, at)
    return len(text) if end < 0 else end + 1


def _quoted_end(text: str, at: int) -> int:
    quote, at = text[at], at + 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == quote:
            return at + 1
        elif quote == '"' and text[at] == "$" and text[at + 1 : at + 2] in ("(", "{"):
            at = closing(text, at + 1)
        else:
            at += 1
    return len(text)


def closing(text: str, at: int) -> int:
    """The place after the bracket that closes the one at `at`."""
    opened, closed = text[at], {"(": ")", "{": "}"}[text[at]]
    depth = 0
    while at < len(text):
        one = text[at]
        if one == "\\":
            at += 1
        elif one == "'" and opened == "(":
            at = _after(text, at + 1, "'") - 1
        elif one == '"':
            at = _quoted_end(text, at) - 1
        elif one == opened:
            depth += 1
        elif one == closed:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return len(text)


# -- the tree ------------------------------------------------------------------------------------------
class _Parser:
    def __init__(self, tokens: list[Token], documents: dict[int, str]) -> None:
        self.tokens, self.documents = tokens, documents
        self.at = self.depth = 0

    def program(self) -> list[Node]:
        found: list[Node] = []
        while self.at < len(self.tokens):
            found += self.block(frozenset())
            self.at += 1  # a closing word that nothing opened
        return found

    def block(self, ends: frozenset[str]) -> list[Node]:
        """Commands up to (not including) one of the closing words."""
        found: list[Node] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.text in ends or (token.is_word and token.text in _CLOSERS) or token.text == ")":
                break
            if not token.is_word and token.text != "(" and token.text not in _REDIRECT:
                if token.text == ";;":
                    break
                self.at += 1
                continue
            found.append(self.pipe())
        return found

    def pipe(self) -> Node:
        parts = [self.command()]
        while self.peek() in ("|", "|&"):
            self.at += 1
            while self.peek() == "\n":
                self.at += 1
            parts.append(self.command())
        return parts[0] if len(parts) == 1 else Pipe(parts)

    def peek(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def skip(self, *texts: str) -> bool:
        """Pass over line ends and then one of the words; whether it stood there."""
        while self.peek() in ("\n", ";"):
            self.at += 1
        if self.peek() not in texts:
            return False
        self.at += 1
        return True

    def command(self) -> Node:
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                self.at = len(self.tokens)
                return Simple([], 0)
            made = _COMPOUND.get(self.peek(), _Parser.simple)(self)
            if not isinstance(made, Simple):
                self.redirections(made)
            return made
        finally:
            self.depth -= 1

    def simple(self) -> Node:
        made = Simple([], self.tokens[self.at].line if self.at < len(self.tokens) else 0)
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if not token.is_word and token.text in (*_REDIRECT, "2", "&>", "&>>"):
                self.redirect(made)
            elif token.is_word:
                made.words.append(token.text)
                self.at += 1
            elif token.text == "(" and len(made.words) == 1 and self.is_function():
                return Function(made.words[0], self.body())
            else:
                break
        if not made.words and not made.redirects:
            self.at += 1
        return made

    def is_function(self) -> bool:
        return [one.text for one in self.tokens[self.at : self.at + 2]] == ["(", ")"]

    def redirect(self, made: Simple) -> None:
        index, operator = self.at, self.peek()
        errors = operator == "2" and not self.tokens[self.at].is_word
        self.at += 2 if errors else 1
        target = self.peek() if self.at < len(self.tokens) and self.tokens[self.at].is_word else ""
        self.at += bool(target)
        if operator in ("<<", "<<-"):
            made.document = self.documents.get(index, "")
            operator += "'" if target.startswith(("'", '"', "\\")) else ""
        if not errors and not (operator in (">&", "<&") and target.isdigit()):
            made.redirects.append((operator, target))

    def redirections(self, made: Node) -> None:
        """Redirections of a whole loop or group hold for what it runs."""
        held = Simple([], 0)
        while self.peek() in _REDIRECT and not self.tokens[self.at].is_word:
            self.redirect(held)
        if held.redirects and isinstance(made, Group | For | While | If):
            for one in _last_commands(made):
                one.redirects += held.redirects

    def body(self) -> list[Node]:
        if self.is_function():
            self.at += 2
        while self.peek() == "\n":
            self.at += 1
        return [self.command()]

    def function(self) -> Node:
        self.at += 1
        name = self.peek()
        self.at += 1
        return Function(name, self.body())

    def for_(self) -> Node:
        self.at += 1
        name, words = self.peek(), []
        if name == "(":
            return self.counting()
        self.at += 1
        if self.skip("in"):
            while self.at < len(self.tokens) and self.tokens[self.at].is_word:
                words.append(self.peek())
                self.at += 1
        return For(name, words or ['"$@"'], self.done())

    def counting(self) -> Node:
        """`for ((i = 0; i < n; i++))`."""
        name = ""
        while self.at < len(self.tokens) and self.peek() not in ("do", "{"):
            name = name or (self.peek().split("=")[0] if self.tokens[self.at].is_word else "")
            self.at += 1
        return For(name or "i", ["$__counter"], self.done())

    def done(self) -> list[Node]:
        self.skip("do", "{")
        body = self.block(frozenset({"done", "}"}))
        self.skip("done", "}")
        return body

    def if_(self) -> Node:
        branches: list[tuple[list[Node], list[Node]]] = []
        while self.skip("if", "elif") or not branches:
            test = self.block(frozenset({"then"}))
            self.skip("then")
            branches.append((test, self.block(frozenset({"elif", "else", "fi"}))))
            if self.at >= len(self.tokens):
                break
        if self.skip("else"):
            branches.append(([], self.block(frozenset({"fi"}))))
        self.skip("fi")
        return If(branches)

    def while_(self) -> Node:
        self.at += 1
        return While(self.block(frozenset({"do"})), self.done())

    def case(self) -> Node:
        self.at += 1
        word = self.peek()
        self.at += 1
        self.skip("in")
        branches: list[tuple[list[str], list[Node]]] = []
        while not self.skip("esac") and self.at < len(self.tokens):
            patterns = []
            while self.at < len(self.tokens) and self.peek() not in (")", "esac"):
                patterns += [self.peek()] if self.tokens[self.at].is_word else []
                self.at += 1
            if self.peek() != ")":
                break
            self.at += 1
            branches.append((patterns, self.block(frozenset({";;", "esac"}))))
            self.skip(";;")
        return Case(word, branches)

    def group(self) -> Node:
        subshell = self.peek() == "("
        self.at += 1
        body = self.block(frozenset({")"} if subshell else {"}"}))
        self.skip(")" if subshell else "}")
        return Group(body, subshell)


def _last_commands(node: Node) -> list[Simple]:
    """The simple commands inside a compound one."""
    found: list[Simple] = []
    bodies: list[list[Node]] = []
    if isinstance(node, Simple):
        return [node]
    if isinstance(node, Pipe):
        return _last_commands(node.parts[-1])
    if isinstance(node, If | Case):
        bodies = [body for _, body in node.branches]
    elif isinstance(node, For | While | Group):
        bodies = [node.body]
    for body in bodies:
        for one in body:
            found += _last_commands(one)
    return found


_COMPOUND = {
    "for": _Parser.for_, "select": _Parser.for_, "if": _Parser.if_, "while": _Parser.while_,
    "until": _Parser.while_, "case": _Parser.case, "{": _Parser.group, "(": _Parser.group,
    "function": _Parser.function,
}  # fmt: skip
