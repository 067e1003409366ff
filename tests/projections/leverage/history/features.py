"""How often each thing happened that a leverage figure may depend on, asked of the records.

Each question is SQL on the tables of docs/evaluation/second_computation.sql.
"""

from typing import Final

import duckdb

_BEYOND = "SELECT count(*) FROM lines_at({head}) WHERE stage = '{stage}' AND beyond_pence > 0"
_OF_TYPE = "SELECT count(*) FROM log WHERE type = '{type}.v1'"
_RATED = """
    SELECT count(*) FROM (
        SELECT m.stream, arg_max((m.data->>'quantity')::DECIMAL(38, 6), m.position) AS owed,
            any_value(p.data) AS data
        FROM log AS m JOIN log AS p ON p.stream = m.stream AND p.type = 'pledge-committed.v1'
        WHERE m.type = 'pledge-materialised.v1' GROUP BY m.stream)
    WHERE {where}"""
_CONFIRMED_PART = """
    SELECT count(*) FROM log AS d JOIN claims AS c
        ON c.pledge = d.stream AND c.claim_no = (d.data->>'claim_no')::INTEGER
    WHERE d.type = 'delivery-confirmed.v1' AND d.data->>'by' = '{by}'
        AND (d.data->>'quantity')::DECIMAL(38, 6) < c.quantity"""
_VARIED = """
    SELECT count(*) FROM log WHERE type = 'pledge-varied.v1' AND data->>'rate' IS NULL
        AND (data->>'quantity')::DECIMAL(38, 6)
            {than} (data->>'quantity_was')::DECIMAL(38, 6)"""
_SPENT = (
    "SELECT count(*) FROM spend_records WHERE kind = '{kind}' AND procurement IS {null} NULL"
)
_CORRECTED = "SELECT count(*) FROM spend_corrections WHERE field = '{field}'"


def _of_type(name: str) -> str:
    return _OF_TYPE.format(type=name)


FEATURES: Final = {
    "pledges": _of_type("pledge-committed"),
    "authorities that act for several forces": """
        SELECT count(DISTINCT authority) FROM procurements WHERE acts_for LIKE '%+%'""",
    "authorities that act for none": """
        SELECT count(DISTINCT authority) FROM procurements WHERE acts_for = ''""",
    "suppliers with a pledge": "SELECT count(DISTINCT supplier) FROM pledges",
    "community organisations with a pledge": """
        SELECT count(DISTINCT community) FROM pledges JOIN needs USING (need)""",
    "themes with a pledge": "SELECT count(DISTINCT theme) FROM pledges JOIN needs USING (need)",
    "local authorities with a pledge": """
        SELECT count(DISTINCT local_authority) FROM pledges JOIN needs USING (need)""",
    "proxy sets with a pledge": """
        SELECT count(DISTINCT proxy_set) FROM pledges JOIN auctions USING (auction)""",
    "procurements with several lots": """
        SELECT count(*) FROM log WHERE type = 'procurement-registered.v1'
            AND json_array_length(data->'lots') > 1""",
    "pledges that last for years and fade": """
        SELECT count(*) FROM lines_at({head}) JOIN proxies USING (proxy_set, measure)
        WHERE stage = 'awarded' AND years > 1 AND drop_off > 0""",
    "pledges at a proxy with odd shares": """
        SELECT count(*) FROM lines_at({head}) JOIN proxies USING (proxy_set, measure)
        WHERE stage = 'awarded' AND (k * 1000000)::BIGINT % 100 != 0""",
    "claims of half a unit": "SELECT count(*) FROM claims WHERE quantity = 0.5",
    "pledges with four instalments": """
        SELECT count(*) FROM (SELECT pledge FROM claims GROUP BY ALL HAVING count(*) >= 4)""",
    "parts confirmed by the community organisation": _CONFIRMED_PART.format(by="community"),
    "parts confirmed by the authority": _CONFIRMED_PART.format(by="authority"),
    "claims disputed and not resolved": """
        SELECT count(*) FROM lines_at({head}) WHERE stage = 'disputed' AND gross_pence > 0""",
    "disputes resolved in part": """
        SELECT count(*) FROM claim_steps WHERE type = 'dispute-resolved.v1' AND arrived > 0""",
    "disputes resolved as nothing": """
        SELECT count(*) FROM claim_steps WHERE type = 'dispute-resolved.v1' AND arrived = 0""",
    "claims withdrawn": """
        SELECT count(*) FROM log WHERE type = 'claim-withdrawn.v1'
            AND data->>'disputed_pence' IS NULL""",
    "disputed claims withdrawn": """
        SELECT count(*) FROM log WHERE type = 'claim-withdrawn.v1'
            AND data->>'disputed_pence' IS NOT NULL""",
    "lines claimed beyond what is owed": _BEYOND.format(head="{head}", stage="claimed"),
    "lines confirmed beyond what is owed": _BEYOND.format(head="{head}", stage="confirmed"),
    "variations up": _VARIED.format(than=">"),
    "variations down": _VARIED.format(than="<"),
    "variations up that count earlier over-delivery": """
        SELECT count(*) FROM log WHERE type = 'pledge-varied.v1'
            AND (data->>'counted_pence')::BIGINT > 0""",
    "variations below what was claimed": """
        SELECT count(*) FROM log AS v WHERE type = 'pledge-varied.v1'
            AND (data->>'quantity')::DECIMAL(38, 6) < (SELECT sum(quantity) FROM claims AS c
                WHERE c.pledge = v.stream AND c.position < v.position)""",
    "rates varied": """
        SELECT count(*) FROM log
        WHERE type = 'pledge-varied.v1' AND data->>'rate' IS NOT NULL""",
    "pledges released": _of_type("pledge-released"),
    "pledges written off": _of_type("pledge-written-off"),
    "defaults": _of_type("pledge-defaulted"),
    "remedies": _of_type("remedy-agreed"),
    "rate pledges below their cap": _RATED.format(
        where="owed < (data->>'cap')::DECIMAL(38, 6)"
    ),
    "rate pledges at their cap": _RATED.format(where="owed = (data->>'cap')::DECIMAL(38, 6)"),
    "rate pledges of what cannot be divided": _RATED.format(
        where="data->>'divisible' = 'false'"
    ),
    "rate pledges let go": """
        SELECT count(*) FROM log WHERE type IN ('pledge-released.v1', 'pledge-written-off.v1')
            AND data->>'reference' IS NOT NULL""",
    "invoices that count earlier over-delivery": """
        SELECT count(*) FROM log WHERE type = 'pledge-materialised.v1'
            AND (data->>'counted_pence')::BIGINT > 0""",
    "auctions ranked again": """
        SELECT count(*) FROM (SELECT auction FROM rankings GROUP BY ALL HAVING count(*) > 1)""",
    "auctions with nobody left in the ranking": """
        SELECT count(*) FROM rankings ANTI JOIN ranked_bids USING (position)""",
    "awards approved twice": """
        SELECT count(*) FROM (FROM award_steps SELECT award WHERE approved GROUP BY award
            HAVING count(*) > 1)""",
    "awards approved without a contract": """
        SELECT count(*) FROM approvals_in_force({head})
        ANTI JOIN pledges USING (auction)""",
    "awards lapsed": _of_type("award-lapsed"),
    "awards set aside": _of_type("award-set-aside"),
    "tenders withdrawn": _of_type("tender-withdrawn"),
    "auctions unsuccessful after a ranking": """
        SELECT count(*) FROM log SEMI JOIN rankings ON auction = stream
        WHERE type = 'auction-unsuccessful.v1'""",
    "auctions unsuccessful before any": """
        SELECT count(*) FROM log ANTI JOIN rankings ON auction = stream
        WHERE type = 'auction-unsuccessful.v1'""",
    "auctions cancelled": _of_type("auction-cancelled"),
    "auctions voided after a ranking": """
        SELECT count(*) FROM nullified SEMI JOIN rankings USING (auction)""",
    "auctions voided after an approval": """
        SELECT count(*) FROM nullified JOIN awards USING (auction)
        SEMI JOIN (FROM award_steps WHERE approved) USING (award)""",
    "bids that never win": """
        SELECT count(*) FROM ranked_bids JOIN rankings USING (position)
        ANTI JOIN pledges USING (auction, supplier)""",
    "bids withdrawn": _of_type("bid-withdrawn"),
    "lines that a later bid left out": """
        SELECT count(*) FROM bid_lines AS l
        JOIN (ranked_bids JOIN rankings USING (position)) AS r
            ON l.auction = r.auction AND l.supplier = r.supplier AND l.bid_no < r.bid_no
        ANTI JOIN bid_lines AS k ON k.auction = r.auction AND k.supplier = r.supplier
            AND k.bid_no = r.bid_no AND k.need = l.need""",
    "lots with two contracts": """
        SELECT count(*) FROM (SELECT data->>'procurement_id', data->>'lot' FROM log
            WHERE type = 'contract-entered.v1' GROUP BY ALL HAVING count(*) > 1)""",
    "contracts terminated": _of_type("contract-terminated"),
    "contracts completed": _of_type("contract-completed"),
    "exchange spend on procurements": _SPENT.format(kind="exchange", null="NOT"),
    "exchange spend on none": _SPENT.format(kind="exchange", null=""),
    "administration cost on none": _SPENT.format(kind="administration", null=""),
    "inputs on procurements": _SPENT.format(kind="input", null="NOT"),
    "inputs on none": _SPENT.format(kind="input", null=""),
    "amounts corrected": _CORRECTED.format(field="amount_pence"),
    "periods corrected": _CORRECTED.format(field="period_to"),
    "procurements with spend and no administration cost": """
        SELECT count(DISTINCT procurement) FROM spend_records WHERE kind = 'exchange'
            AND procurement NOT IN (SELECT procurement FROM spend_records
                WHERE kind = 'administration' AND procurement IS NOT NULL)""",
    "spend on a voided or cancelled auction": """
        SELECT count(*) FROM spend_records JOIN auctions USING (procurement)
        SEMI JOIN nullified USING (auction)""",
    "deliveries outside the contract period": """
        SELECT count(*) FROM log WHERE type = 'delivery-claimed.v1'
            AND data->>'outside_period' = 'true'""",
    "financial years of facts": """
        SELECT count(DISTINCT financial_year(uk_date(recorded_at))) FROM log
        WHERE type = 'delivery-confirmed.v1'""",
    "financial years of first awards": """
        SELECT count(DISTINCT financial_year(awarded_on)) FROM first_awards({head})""",
    "facts in April in the United Kingdom and in March in UTC": """
        SELECT count(*) FROM log WHERE recorded_at LIKE '%-03-31T23%'
            AND (type LIKE 'delivery-%' OR type = 'award-approved.v1')""",
}
"""Each counts one thing; `{head}` is the last position."""


def counted(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how often each thing happened."""
    head = connection.execute("SELECT max(position) FROM log").fetchall()[0][0]
    found = {}
    for name, question in FEATURES.items():
        rows = connection.execute(question.replace("{head}", str(head))).fetchall()
        found[name] = int(rows[0][0])
    return found
