"""The demo's story. Every name, number and place in it is invented.

In its middle stands `estates`, the worked example, delivered and confirmed: change what was
confirmed there, and the last figure that the demo prints follows. Around it is what else
happens in a year and a half: `stories` has a module for each subject.
"""

from typing import Final

from svx_ledger.cli.demo.stories.beside import BESIDE
from svx_ledger.cli.demo.stories.catering import CATERING
from svx_ledger.cli.demo.stories.cleaning import CLEANING
from svx_ledger.cli.demo.stories.estates import ESTATES
from svx_ledger.cli.demo.stories.fleet import FLEET
from svx_ledger.cli.demo.stories.fleet_again import FLEET_AGAIN
from svx_ledger.cli.demo.stories.grounds import GROUNDS, GROUNDS_AGAIN
from svx_ledger.cli.demo.stories.joining import JOINING
from svx_ledger.cli.demo.stories.lighting import LIGHTING
from svx_ledger.cli.demo.stories.neighbours import NEIGHBOURS
from svx_ledger.cli.demo.stories.pupils import LIFTS, PUPILS, PUPILS_AGAIN
from svx_ledger.cli.demo.stories.recovery import RECOVERY

from .people import PARTIES, PROJECTS, PROXIES
from .scenario import Scenario

STORY: Final = Scenario(
    key="demo",
    origin="ledger.example/svx-demo",
    begins_at="2025-03-03 09:00",
    parties=PARTIES,
    evaluator="plumbline",
    proxy_set="Demo proxies 2025 (fictional)",
    proxies=PROXIES,
    projects=(*PROJECTS, *NEIGHBOURS, LIFTS),
    procurements=(
        ESTATES,
        CATERING,
        CLEANING,
        FLEET,
        GROUNDS,
        GROUNDS_AGAIN,
        PUPILS,
        PUPILS_AGAIN,
        FLEET_AGAIN,
        LIGHTING,
        RECOVERY,
    ),
    beside=(*JOINING, *BESIDE),
    says={
        "AdoptProxySet": "Three authorities, ten suppliers and five charities are verified. An "
        "independent evaluator sets what one unit of help is worth, such as an expert's hour.",
        "RegisterProject": "The charities say what their projects need: evening hubs for young "
        "people, a crisis café that is no cell, visits to those who call the police most.",
    },
)
