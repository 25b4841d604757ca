"""The operators of guards: stricter than cel-python's, which mix kinds of values."""

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from celpy.celtypes import BoolType, DoubleType, ListType, StringType
from celpy.evaluation import CELEvalError

_SCALARS = (BoolType, DoubleType, StringType)
_ORDERED = (DoubleType, StringType)
_NUMBERS = (DoubleType,)


@lru_cache(maxsize=1)
def operators() -> dict[str, Any]:
    """Return what replaces cel-python's operators, which mix kinds of values."""
    equal = {"_==_": operator.eq, "_!=_": operator.ne}
    order = {"_<_": operator.lt, "_<=_": operator.le}
    order |= {"_>_": operator.gt, "_>=_": operator.ge}
    sums = {"_+_": operator.add, "_-_": operator.sub}
    sums |= {"_*_": operator.mul, "_/_": operator.truediv}
    texts: dict[str, Callable[[Any, Any], Any]] = {"contains": operator.contains}
    texts |= {"startsWith": str.startswith, "endsWith": str.endswith}
    return (
        {name: _strict(act, _SCALARS, BoolType) for name, act in equal.items()}
        | {name: _strict(act, _ORDERED, BoolType) for name, act in order.items()}
        | {name: _strict(act, _NUMBERS, DoubleType) for name, act in sums.items()}
        | {name: _strict(act, (StringType,), BoolType) for name, act in texts.items()}
        | {"_||_": _absorbing(decisive=True), "_&&_": _absorbing(decisive=False)}
        | {"_in_": _among, "size": _size}
    )


def _strict(
    act: Callable[[Any, Any], Any], kinds: tuple[type, ...], result: type
) -> Callable[[Any, Any], Any]:
    """Let an operator see two values of the same kind, one of those named, only."""

    def strict(left: object, right: object) -> object:
        for side in (left, right):
            if isinstance(side, CELEvalError):
                return side
        if type(left) is not type(right) or not isinstance(left, kinds):
            return _mismatch()
        return result(act(left, right))

    return strict


def _absorbing(*, decisive: bool) -> Callable[[Any, Any], Any]:
    """Return `||` (True decides) or `&&` (False decides)."""

    def absorbing(left: object, right: object) -> object:
        sides = (left, right)
        answers = [bool(side) for side in sides if isinstance(side, BoolType)]
        if decisive in answers:
            return BoolType(decisive)
        return BoolType(not decisive) if len(answers) == len(sides) else _mismatch()

    return absorbing


def _among(item: object, container: object) -> object:
    if isinstance(item, CELEvalError) or not isinstance(container, ListType):
        return _mismatch()
    if any(type(item) is type(member) and item == member for member in container):
        return BoolType(source=True)
    alike = all(type(item) is type(member) for member in container)
    return BoolType(source=False) if alike else _mismatch()


def _size(of: object) -> object:
    return DoubleType(len(of)) if isinstance(of, StringType | ListType) else _mismatch()


def _mismatch() -> CELEvalError:
    return CELEvalError("these values do not go together")
