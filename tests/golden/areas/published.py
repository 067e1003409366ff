"""What of the published log stands on the ledger: keys, and the start of an epoch."""

from svx_ledger.domain.book import EpochStarted, LogKeyAdded, LogKeyRevoked
from svx_ledger.domain.kind import Event

LEDGER = "ledger-demo"
ORIGIN = "ledger.example/svx-demo"
FIRST_KEY = f"{ORIGIN}+485d5531+AVCvtfe0trk9atkgQA4dsBSUo9W/Ag6uy+zOE4U0TlcB"
SECOND_KEY = f"{ORIGIN}+7ed9f1bf+AdbA97DNsc8CbDja4WqFM8xmoVj+SRNJYvST/Qfr+F86"
KEY_OF_EPOCH_2 = f"{ORIGIN}/2+52b98eaf+AV5DmMM+PlPzZg0W9K4tByigu4QljVp4q79Yb7Zkt8Qg"
CHECKPOINT = (
    ORIGIN,
    "664",
    "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=",
    "",
    (
        f"— {ORIGIN} SF1VMfh8NuxWLe5+wQC+K6PIMp6pXk6w3sGk4mwgys80Qy3oM0646yF/vZTCNx7Dc5uIqlJ"
        "Z018qKgt27r+qCZO5gQI="
    ),
    (
        f"— {ORIGIN} ftnxv0mvrv+XSjTYrFK6+S79djdJowlGrPUKesmDdkR9B7PDMBCvGPZViyjeOFagNzVWdK1"
        "HdZRBLZREW03IeKvufQA="
    ),
    (
        "— witness.example/w1 mJJtrQAAAABppXvAxc9dZkX4wKCP3yJiWzcQ+eaEHoPpAN0egLXQmxW+oWNatjsj"
        "2nrWKsQXZngOt62bHdOca8vRNItmjNfPltuaDg=="
    ),
)
"""Signed by both keys and cosigned by a witness: what they sign is invented, too."""
EVENTS: tuple[tuple[str, str, Event], ...] = (
    (LEDGER, "AddLogKey", LogKeyAdded(verifier_key=FIRST_KEY)),
    (
        LEDGER,
        "RevokeLogKey",
        LogKeyRevoked(verifier_key=FIRST_KEY, reason="Its machine was stolen (fictional)"),
    ),
    (
        LEDGER,
        "StartEpoch",
        EpochStarted(
            epoch=2,
            checkpoint=CHECKPOINT,
            verifier_key=KEY_OF_EPOCH_2,
            reason="Restored from the copy of the night before (fictional)",
        ),
    ),
)
