"""The faults of a backend, and the validation of changes to them."""

import threading
from dataclasses import asdict, dataclass, replace
from typing import Any, Callable, Dict, List, NamedTuple, Optional


@dataclass(frozen=True)
class FaultSet:
    """The names are those in the JSON of /fault."""
    healthy: bool = True
    latencyMs: int = 0
    errorRate: float = 0.0
    errorStatus: int = 503
    abortRate: float = 0.0
    retryAfter: Optional[int] = None


class Rule(NamedTuple):
    allowed: str
    accepts: Callable[[Any], bool]


class Rejected(Exception):
    """Raised when some of the requested changes are invalid; none was made."""

    def __init__(self, errors: List[Dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{error['key']}: {error['value']!r}, allowed: {error['allowed']}" for error in errors))
        self.errors = errors


def _whole(lowest: int, highest: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and lowest <= value <= highest


def _rate(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


RULES = {
    "healthy": Rule("true or false", lambda value: type(value) is bool),
    "latencyMs": Rule("0..60000", _whole(0, 60_000)),
    "errorRate": Rule("0..1", _rate),
    "errorStatus": Rule("400..599", _whole(400, 599)),
    "abortRate": Rule("0..1", _rate),
    "retryAfter": Rule("0..86400 or null", lambda value: value is None or _whole(0, 86_400)(value)),
}


class Faults:
    """The current faults; a change is applied completely or not at all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.current = FaultSet()

    def change(self, wanted: Any) -> FaultSet:
        if not isinstance(wanted, dict):
            raise Rejected([{"key": "", "value": wanted, "allowed": "a JSON object"}])
        errors = [error for error in (_check(key, value) for key, value in wanted.items()) if error]
        if errors:
            raise Rejected(errors)
        with self._lock:
            self.current = replace(self.current, **wanted)
            return self.current

    def reset(self) -> FaultSet:
        with self._lock:
            self.current = FaultSet()
            return self.current


def as_json(faults: FaultSet) -> Dict[str, Any]:
    return asdict(faults)


def _check(key: str, value: Any) -> Optional[Dict[str, Any]]:
    rule = RULES.get(key)
    if rule is None:
        return {"key": key, "value": value, "allowed": "one of " + ", ".join(RULES)}
    return None if rule.accepts(value) else {"key": key, "value": value, "allowed": rule.allowed}
