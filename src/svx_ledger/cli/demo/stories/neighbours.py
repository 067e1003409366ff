"""The projects beside those of the worked example, and what they lack."""

from typing import Final

from svx_ledger.cli.demo.scenario import Need, Project

SUPPERS: Final = Project(
    key="suppers",
    party="doorstep",
    title="Sunday suppers",
    summary="A shared meal for people whose loneliest day is also their day of most calls",
    theme="repeat-callers",
    place="Fenmarsh",
    delivered_by="Doorstep's visitors",
    needs=(
        Need(
            key="suppers",
            measure="cash",
            quantity=25_000,
            needed_by="2026-07-31",
            use="Food and heating for forty Sundays",
            in_place="A hall, and a list agreed with the control room",
        ),
        Need(
            key="cooks",
            measure="volunteer-hour",
            quantity=1_500,
            needed_by="2026-07-31",
            use="Four people in the kitchen each Sunday",
            in_place="Hygiene training",
        ),
        Need(
            key="garden",
            measure="cash",
            quantity=8_000,
            needed_by="2026-03-31",
            use="Raised beds behind the hall",
            in_place="A lease of the yard",
        ),
    ),
)
RIDES: Final = Project(
    key="rides",
    party="lantern",
    title="Rides home from the hubs",
    summary="Nobody under eighteen walks home alone after a hub closes",
    theme="youth",
    place="Marchgate",
    delivered_by="Lantern's youth workers",
    needs=(
        Need(
            key="rides",
            measure="volunteer-hour",
            quantity=1_200,
            needed_by="2026-03-31",
            use="Two drivers an evening",
            in_place="Vetting and insurance",
        ),
    ),
)
NIGHTCAR: Final = Project(
    key="nightcar",
    party="quietharbour",
    title="A car for the night rota",
    summary="Peer workers fetch people from the cells or the street to the crisis café",
    theme="mental-health",
    place="Marchgate",
    delivered_by="Quiet Harbour's peer workers",
    needs=(
        Need(
            key="nightcar",
            measure="cash",
            quantity=30_000,
            needed_by="2026-06-30",
            use="An electric car, its insurance and three years of charging",
            in_place="Drivers, and a bay with a socket",
        ),
    ),
)
BIKES: Final = Project(
    key="bikes",
    party="secondlap",
    title="Bikes repaired with young people",
    summary="A workshop where those who are often moved on can stay and learn",
    theme="youth",
    place="Ottermoor",
    delivered_by="Second Lap's mechanics",
    needs=(
        Need(
            key="tools",
            measure="cash",
            quantity=60_000,
            needed_by="2027-08-31",
            use="Tools, parts and rent",
            in_place="A railway arch, and a paid coordinator",
        ),
        Need(
            key="mechanics",
            measure="volunteer-hour",
            quantity=3_000,
            needed_by="2027-07-31",
            use="An adult at each bench, three evenings a week",
            in_place="Vetting, and a mechanic who trains the others",
        ),
    ),
)
DROPIN: Final = Project(
    key="dropin",
    party="kettlechair",
    title="A drop-in above the library",
    summary="Tea, a chair and somebody who listens, before it becomes an emergency call",
    theme="mental-health",
    place="Ottermoor",
    delivered_by="Kettle & Chair's listeners",
    needs=(
        Need(
            key="listeners",
            measure="expert-hour",
            quantity=2_400,
            needed_by="2026-03-31",
            use="A counsellor for three afternoons a week",
            in_place="Two rooms, and a rota of volunteers",
        ),
    ),
)
KNOCKS: Final = Project(
    key="knocks",
    party="ropewalk",
    title="Knock before you ring",
    summary="Neighbours who look in on those who ring 999 when they are only lonely",
    theme="repeat-callers",
    place="Ottermoor",
    delivered_by="The people of Ropewalk Street",
    needs=(
        Need(
            key="knocks",
            measure="volunteer-hour",
            quantity=6_000,
            needed_by="2027-08-31",
            use="A knock on the door each evening for thirty people",
            in_place="A telephone tree and twenty neighbours",
        ),
    ),
    proposed_at="2025-05-14 10:00",
)
NEIGHBOURS: Final = (SUPPERS, RIDES, NIGHTCAR, BIKES, DROPIN, KNOCKS)
