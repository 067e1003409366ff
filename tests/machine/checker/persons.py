"""Two people: whoever approves is not who asked, nor of one side where two are needed."""

from typing import Any

from .saying import Law, Record, broken

_ASKS = {
    "freeze-requested.v1": "requested_by",
    "award-recommended.v1": "recommended_by",
    "variation-requested.v1": "requested_by",
    "resume-requested.v1": "requested_by",
    "void-requested.v1": "requested_by",
    "exclusion-requested.v1": "requested_by",
    "write-off-requested.v1": "requested_by",
    "correction-requested.v1": "requested_by",
}
_APPROVES = {
    "auction-rules-frozen.v1": "freeze-requested.v1",
    "award-approved.v1": "award-recommended.v1",
    "contract-varied.v1": "variation-requested.v1",
    "auction-resumed.v1": "resume-requested.v1",
    "auction-voided.v1": "void-requested.v1",
    "supplier-excluded.v1": "exclusion-requested.v1",
    "pledge-written-off.v1": "write-off-requested.v1",
    "correction-approved.v1": "correction-requested.v1",
}


class Persons(Law):
    """The last request of each kind on each stream, by what it names."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str, Any], Record] = {}
        self._proposed: dict[str, str] = {}

    def feed(self, record: Record) -> None:
        """Remember a request, or hold an approval to it."""
        stream, data, kind = record["stream"], record["data"], record["type"]
        if kind in _ASKS:
            self._asked[stream, kind, data.get("supplier_id", "")] = record
        if kind == "need-proposed.v1":
            self._proposed[stream] = data["proposed_by"]
        if kind == "need-approved.v1" and data["approved_by"] == self._proposed[stream]:
            broken(record["position"], "one person proposed and approved a need")
        if kind in _APPROVES:
            self._approved(record)

    def _approved(self, record: Record) -> None:
        data, asks = record["data"], _APPROVES[record["type"]]
        asked = self._asked.get((record["stream"], asks, data.get("supplier_id", "")))
        if asked is None:
            broken(record["position"], f"{record['type']} without {asks}")
        if asked["data"].get("request_no") != data.get(
            "request_no", asked["data"].get("request_no")
        ):
            broken(record["position"], "another request was approved")
        if asked["data"][_ASKS[asks]] == data["approved_by"]:
            broken(record["position"], f"{data['approved_by']} asked and approved")
        one, other = (
            said["data"].get(name)
            for said, name in (
                (asked, "requesting_organisation"),
                (record, "approving_organisation"),
            )
        )
        if one is not None and one == other:
            broken(record["position"], f"{one} asked and approved")
