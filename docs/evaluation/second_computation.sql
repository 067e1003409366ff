-- Leverage, computed a second time: from the records alone, in plain SQL.
--
-- Whoever doubts a figure can compute it here without a line of the ledger's own program. What the
-- figures mean is in README.md beside this file, what the records mean in docs/events.md. It runs
-- in DuckDB (tried with 2.0), in memory, on one table with a row for each record:
--
--     log (position BIGINT, recorded_at VARCHAR, stream VARCHAR, type VARCHAR, data JSON)
--
-- These are the record's own members; `recorded_at` may also be a TIMESTAMP, in UTC. From records as they are stored, one a line:
--
--     CREATE TABLE log AS FROM read_json('log.jsonl', format = 'newline_delimited', columns = {
--         position: 'BIGINT', recorded_at: 'VARCHAR', stream: 'VARCHAR', type: 'VARCHAR',
--         data: 'JSON'});
--
-- or from CSV, or from Parquet, such as the columns that docs/columns.md describes:
--
--     CREATE TABLE log AS SELECT position, recorded_at, stream, type, data::JSON AS data
--     FROM 'x.columns/log/*.parquet';
--
-- Then read this file, and ask. A cut is a log position at which a command was wholly written:
-- facts count up to there. The portfolio, a part of it, and what both are divided by:
--
--     FROM leverage('whole', 123456, NULL, NULL, NULL, NULL, 'cohort');
--     FROM leverage('force', 123456, NULL, NULL, NULL, NULL, 'cohort') WHERE stage = 'confirmed';
--     FROM denominators('whole', 123456, 123456, NULL, NULL, NULL, NULL, 'cohort');
--
-- After the cut stand a procurement, an authority, the first and the last UK date (NULL: any), and
-- by what dates go: `cohort`, the first award in force of a procurement, with all that it yields;
-- or `period`, each fact's own.
--
-- Exactness. Money is whole pence (HUGEINT), quantities and shares are DECIMAL; nothing is ever a
-- DOUBLE. Mind that in DuckDB a / b of two decimals is a DOUBLE, and so is avg(): ratios are
-- therefore not divided here. Divide the pence of two rows with exact numbers (fractions, or a
-- pocket calculator), round once, half to even. Present values need more than the 38 digits of a
-- DECIMAL: `second_computation.py` beside this file takes that last step, as it does ratios.

-- ---------------------------------------------------------------------------------------------
-- 0. Arithmetic
-- ---------------------------------------------------------------------------------------------

-- What a quantity is worth in pence, rounded half to even. Both factors are first made as wide as
-- they can be: the product of two DECIMAL(18, 6) would have to fit DECIMAL(18, 12). And wherever
-- two decimals meet in a CASE, a UNION or a coalesce, both are cast to the same type: of
-- DECIMAL(38, 6) and DECIMAL(38, 0) DuckDB makes DECIMAL(38, 0), and rounds.
CREATE OR REPLACE MACRO value_pence(quantity, pounds) AS
    round_even(quantity::DECIMAL(38, 6) * pounds::DECIMAL(38, 6) * 100, 0)::HUGEINT;

-- What is left of one line's pence once deadweight, displacement and attribution are taken off.
CREATE OR REPLACE MACRO net_pence(gross_pence, k) AS
    round_even(gross_pence::DECIMAL(38, 0) * k::DECIMAL(38, 18), 0)::HUGEINT;

-- What a rate comes to on a spend: min(rate × pounds, cap), rounded down to whole units of what
-- cannot be divided, else to the millionth.
CREATE OR REPLACE MACRO at_rate(rate, spend_pence, cap, divisible) AS least(
    CASE WHEN divisible
        THEN (trunc(rate::DECIMAL(38, 9) * spend_pence::DECIMAL(38, 0) * 10000) * 0.000001)
            ::DECIMAL(38, 6)
        ELSE trunc(rate::DECIMAL(38, 9) * spend_pence::DECIMAL(38, 0) * 0.01)::DECIMAL(38, 6)
    END,
    cap::DECIMAL(38, 6));

-- The date on a clock in London, of an instant in UTC.
CREATE OR REPLACE MACRO uk_date(recorded_at) AS
    timezone('Europe/London', timezone('UTC', recorded_at::TIMESTAMP))::DATE;

-- The financial year of a date, from 1 April to 31 March: 2026-04-01 is in 2026/27.
CREATE OR REPLACE MACRO financial_year(day) AS
    year(day - INTERVAL 3 MONTH) || '/' || right((year(day - INTERVAL 3 MONTH) + 1)::VARCHAR, 2);

-- ---------------------------------------------------------------------------------------------
-- 1. What the records say, a table for each kind of statement. No table knows of another.
-- ---------------------------------------------------------------------------------------------

CREATE OR REPLACE TABLE procurements AS
SELECT position, stream AS procurement, data->>'authority_id' AS authority,
    coalesce(array_to_string(list_sort((data->'acts_for')::VARCHAR[]), '+'), '') AS acts_for
FROM log WHERE type = 'procurement-registered.v1';

CREATE OR REPLACE TABLE needs AS
SELECT stream AS need, data->>'organisation_id' AS community,
    data->'place'->>'police_force' AS force, data->'place'->>'local_authority' AS local_authority,
    (data->'theme'->>'scheme') || ':' || (data->'theme'->>'code') AS theme
FROM log WHERE type = 'need-proposed.v1';

-- k = (1 − deadweight)(1 − displacement)(1 − attribution), exact: three times six places.
CREATE OR REPLACE TABLE proxies AS
SELECT stream AS proxy_set, proxy->>'measure' AS measure,
    (1 - coalesce(proxy->>'deadweight', '0')::DECIMAL(7, 6))::DECIMAL(38, 6)
    * (1 - coalesce(proxy->>'displacement', '0')::DECIMAL(7, 6))::DECIMAL(38, 6)
    * (1 - coalesce(proxy->>'attribution', '0')::DECIMAL(7, 6))::DECIMAL(38, 6) AS k,
    coalesce(proxy->>'drop_off', '0')::DECIMAL(7, 6) AS drop_off,
    coalesce(proxy->>'years', '1')::INTEGER AS years
FROM (SELECT stream, data->'proxy' AS proxy FROM log WHERE type = 'proxy-added.v1');

CREATE OR REPLACE TABLE auctions AS
SELECT stream AS auction, data->>'procurement_id' AS procurement,
    data->>'proxy_set_id' AS proxy_set,
    (data->'terms'->>'reference_spend_pence')::BIGINT AS reference_spend_pence
FROM log WHERE type = 'auction-drafted.v1';

CREATE OR REPLACE TABLE frozen_needs AS
SELECT stream AS auction, need->>'need_id' AS need, need->>'measure' AS measure,
    (need->>'pounds_per_unit')::DECIMAL(38, 6) AS pounds,
    (need->>'divisible')::BOOLEAN AS divisible
FROM (SELECT stream, unnest((data->'needs')::JSON[]) AS need
    FROM log WHERE type = 'auction-rules-frozen.v1');

CREATE OR REPLACE TABLE nullified AS
SELECT position, stream AS auction
FROM log WHERE type IN ('auction-voided.v1', 'auction-cancelled.v1');

CREATE OR REPLACE TABLE bid_lines AS
SELECT auction, supplier, bid_no, line->>'need_id' AS need,
    (line->>'quantity')::DECIMAL(38, 6) AS quantity, (line->>'rate')::DECIMAL(38, 9) AS rate
FROM (SELECT stream AS auction, data->>'supplier_id' AS supplier,
        (data->>'bid_no')::INTEGER AS bid_no, unnest((data->'lines')::JSON[]) AS line
    FROM log WHERE type = 'bid-accepted.v1');

-- A ranking may be empty, so it is a row of its own beside the bids in it.
CREATE OR REPLACE TABLE rankings AS
SELECT position, stream AS auction FROM log WHERE type = 'bids-ranked.v1';

CREATE OR REPLACE TABLE ranked_bids AS
SELECT position, bid->>'supplier_id' AS supplier, (bid->>'bid_no')::INTEGER AS bid_no
FROM (SELECT position, unnest((data->'ranking')::JSON[]) AS bid
    FROM log WHERE type = 'bids-ranked.v1');

CREATE OR REPLACE TABLE awards AS
SELECT DISTINCT stream AS award, data->>'auction_id' AS auction,
    data->>'procurement_id' AS procurement
FROM log WHERE type = 'assessment-ranked.v1';

-- An approval is in force until the award is assessed again, lapses or is set aside.
CREATE OR REPLACE TABLE award_steps AS
SELECT position, stream AS award, type = 'award-approved.v1' AS approved,
    data->>'supplier_id' AS supplier, uk_date(recorded_at) AS on_day
FROM log WHERE type IN ('assessment-ranked.v1', 'award-approved.v1', 'award-lapsed.v1',
    'award-set-aside.v1');

CREATE OR REPLACE TABLE approved_lines AS
SELECT position, line->>'need_id' AS need, (line->>'quantity')::DECIMAL(38, 6) AS quantity
FROM (SELECT position, unnest((data->'lines')::JSON[]) AS line
    FROM log WHERE type = 'award-approved.v1');

CREATE OR REPLACE TABLE contracts AS
SELECT position, stream AS contract, data->>'procurement_id' AS procurement,
    (data->>'contract_value_pence')::HUGEINT AS contract_value_pence,
    uk_date(recorded_at) AS on_day
FROM log WHERE type = 'contract-entered.v1';

CREATE OR REPLACE TABLE invoices AS
SELECT position, stream AS contract, (data->>'amount_pence')::HUGEINT AS amount_pence
FROM log WHERE type = 'contract-invoice-recorded.v1';

CREATE OR REPLACE TABLE pledges AS
SELECT position, stream AS pledge, data->>'contract_id' AS contract,
    data->>'auction_id' AS auction, data->>'supplier_id' AS supplier, data->>'need_id' AS need
FROM log WHERE type = 'pledge-committed.v1';

-- Each statement of what is owed. A rate pledge states a rate and a cap, the most that may come of
-- it; when it is let go, what stays owed is its cap.
CREATE OR REPLACE TABLE owed_steps AS
SELECT position, stream AS pledge, (data->>'quantity')::DECIMAL(38, 6) AS quantity,
    (data->>'rate')::DECIMAL(38, 9) AS rate,
    coalesce(data->>'cap', CASE WHEN type IN ('pledge-written-off.v1', 'pledge-released.v1')
        THEN data->>'quantity' END)::DECIMAL(38, 6) AS cap
FROM log WHERE type IN ('pledge-committed.v1', 'pledge-varied.v1', 'pledge-written-off.v1',
    'pledge-released.v1');

CREATE OR REPLACE TABLE claims AS
SELECT position, stream AS pledge, (data->>'claim_no')::INTEGER AS claim_no,
    (data->>'quantity')::DECIMAL(38, 6) AS quantity
FROM log WHERE type = 'delivery-claimed.v1';

-- What befell a claim: `arrived` of it, once somebody decided that.
CREATE OR REPLACE TABLE claim_steps AS
SELECT position, stream AS pledge, (data->>'claim_no')::INTEGER AS claim_no, type,
    CASE WHEN type IN ('delivery-confirmed.v1', 'dispute-resolved.v1')
        THEN (data->>'quantity')::DECIMAL(38, 6) END AS arrived
FROM log WHERE type IN ('delivery-confirmed.v1', 'dispute-resolved.v1', 'delivery-disputed.v1',
    'claim-withdrawn.v1');

CREATE OR REPLACE TABLE spend_records AS
SELECT position, stream AS spend, data->>'payer_id' AS payer,
    data->>'procurement_id' AS procurement,
    CASE type WHEN 'exchange-spend-recorded.v1' THEN 'exchange'
        WHEN 'administration-cost-recorded.v1' THEN 'administration' ELSE 'input' END AS kind,
    (data->>'amount_pence')::HUGEINT AS amount_pence, (data->>'period_to')::DATE AS period_to
FROM log WHERE type IN ('exchange-spend-recorded.v1', 'administration-cost-recorded.v1',
    'input-recorded.v1');

CREATE OR REPLACE TABLE spend_corrections AS
SELECT position, stream AS spend, data->>'field' AS field, data->>'new' AS new
FROM log WHERE type = 'record-corrected.v1' AND starts_with(stream, 'spend-');

-- ---------------------------------------------------------------------------------------------
-- 2. Lines at a cut: what one supplier offers to one need in one auction, stage by stage
-- ---------------------------------------------------------------------------------------------

-- The awards whose approval is in force: the last step of the award up to the cut is one.
CREATE OR REPLACE MACRO approvals_in_force(until) AS TABLE
SELECT last.position, award, auction, procurement, last.supplier, last.on_day
FROM (SELECT award, max_by(s, position) AS last FROM award_steps AS s
    WHERE position <= until GROUP BY award)
JOIN awards USING (award)
WHERE last.approved;

CREATE OR REPLACE MACRO lines_at(until) AS TABLE
WITH
-- Of each auction the latest ranking holds: a supplier that was excluded since is not in it.
ranking_in_force AS (
    SELECT auction, max(position) AS position FROM rankings WHERE position <= until GROUP BY auction
),
-- Every final standing bid, the winner's and the others'; a bid replaces the earlier as a whole.
offered AS (
    SELECT l.auction, l.supplier, l.need,
        CASE WHEN l.rate IS NULL THEN l.quantity
            ELSE at_rate(l.rate, a.reference_spend_pence, l.quantity, n.divisible)
        END AS quantity
    FROM ranking_in_force AS r
    JOIN ranked_bids AS b USING (position)
    JOIN bid_lines AS l USING (auction, supplier, bid_no)
    JOIN auctions AS a USING (auction)
    JOIN frozen_needs AS n USING (auction, need)
),
pledged AS (
    SELECT a.auction, a.supplier, l.need, l.quantity
    FROM approvals_in_force(until) AS a JOIN approved_lines AS l USING (position)
),
invoiced AS (
    SELECT contract, sum(amount_pence)::HUGEINT AS spend_pence
    FROM invoices WHERE position <= until GROUP BY contract
),
-- The last statement of what is owed, and of the rate and the cap.
owed_terms AS (
    SELECT pledge, max_by(quantity, position) AS quantity,
        max_by(rate, position) FILTER (rate IS NOT NULL) AS rate,
        max_by(cap, position) FILTER (cap IS NOT NULL) AS cap
    FROM owed_steps WHERE position <= until GROUP BY pledge
),
-- What is owed now; of a rate pledge on what was invoiced so far, and at the reference spend.
owed AS (
    SELECT p.pledge, p.auction, p.supplier, p.need,
        CASE WHEN t.rate IS NULL THEN t.quantity
            ELSE at_rate(t.rate, coalesce(i.spend_pence, 0), t.cap, n.divisible)
        END AS awarded,
        CASE WHEN t.rate IS NULL THEN t.quantity
            ELSE at_rate(t.rate, a.reference_spend_pence, t.cap, n.divisible)
        END AS reference
    FROM pledges AS p
    JOIN owed_terms AS t USING (pledge)
    JOIN auctions AS a USING (auction)
    JOIN frozen_needs AS n USING (auction, need)
    LEFT JOIN invoiced AS i USING (contract)
    WHERE p.position <= until
),
-- Each claim with what became of it up to the cut.
claimed_each AS (
    SELECT c.pledge, c.quantity,
        coalesce(bool_or(s.type = 'claim-withdrawn.v1'), FALSE) AS withdrawn,
        coalesce(bool_or(s.type = 'delivery-disputed.v1'), FALSE) AS disputed,
        max(s.arrived) AS arrived
    FROM claims AS c
    LEFT JOIN (FROM claim_steps WHERE position <= until) AS s USING (pledge, claim_no)
    WHERE c.position <= until
    GROUP BY c.pledge, c.claim_no, c.quantity
),
delivered AS (
    SELECT pledge,
        coalesce(sum(quantity) FILTER (NOT withdrawn), 0)::DECIMAL(38, 6) AS claimed,
        coalesce(sum(arrived), 0)::DECIMAL(38, 6) AS confirmed,
        coalesce(sum(quantity) FILTER (disputed AND NOT withdrawn AND arrived IS NULL), 0)
            ::DECIMAL(38, 6) AS disputed
    FROM claimed_each GROUP BY pledge
),
-- All stages. Of what was claimed or confirmed, at most what is owed counts (invariant 15).
staged AS (
    SELECT auction, supplier, need, 'offered' AS stage, quantity, quantity AS counted FROM offered
    UNION ALL
    SELECT auction, supplier, need, 'pledged', quantity, quantity FROM pledged
    UNION ALL
    SELECT auction, supplier, need, 'awarded', awarded, awarded FROM owed
    UNION ALL
    SELECT auction, supplier, need, 'reference', reference, reference FROM owed
    UNION ALL
    SELECT auction, supplier, need, 'claimed', claimed, least(claimed, awarded)
    FROM owed JOIN delivered USING (pledge)
    UNION ALL
    SELECT auction, supplier, need, 'confirmed', confirmed, least(confirmed, awarded)
    FROM owed JOIN delivered USING (pledge)
    UNION ALL
    SELECT auction, supplier, need, 'disputed', disputed, disputed
    FROM owed JOIN delivered USING (pledge)
),
valued AS (
    SELECT s.*, a.procurement, a.proxy_set, n.measure, x.k,
        value_pence(s.counted, n.pounds) AS gross_pence,
        value_pence(s.quantity, n.pounds) AS stated_pence
    FROM staged AS s
    JOIN auctions AS a USING (auction)
    JOIN frozen_needs AS n USING (auction, need)
    JOIN proxies AS x ON x.proxy_set = a.proxy_set AND x.measure = n.measure
)
-- A voided or cancelled auction contributes nothing (invariant 23).
SELECT auction, supplier, need, procurement, proxy_set, measure, stage, quantity, gross_pence,
    net_pence(gross_pence, k) AS net_pence, stated_pence - gross_pence AS beyond_pence
FROM valued
WHERE auction NOT IN (SELECT auction FROM nullified WHERE position <= until);

-- ---------------------------------------------------------------------------------------------
-- 3. Scope: whose, and when
-- ---------------------------------------------------------------------------------------------

-- The UK date on which the first award in force of a procurement was approved.
CREATE OR REPLACE MACRO first_awards(until) AS TABLE
SELECT procurement, min(on_day) AS awarded_on FROM approvals_in_force(until) GROUP BY procurement;

-- Whether a date lies in a time of which both days are included.
CREATE OR REPLACE MACRO within(day, first_day, last_day) AS
    day BETWEEN coalesce(first_day::DATE, DATE '0001-01-01')
        AND coalesce(last_day::DATE, DATE '9999-12-31');

CREATE OR REPLACE MACRO procurements_in(until, one, whose, first_day, last_day, basis) AS TABLE
SELECT procurement, p.authority, p.acts_for, f.awarded_on
FROM procurements AS p LEFT JOIN first_awards(until) AS f USING (procurement)
WHERE p.position <= until
    AND (one IS NULL OR procurement = one)
    AND (whose IS NULL OR authority = whose)
    AND (basis = 'period' OR (first_day IS NULL AND last_day IS NULL)
        OR coalesce(within(f.awarded_on, first_day, last_day), FALSE));

-- The last position that was recorded before a UK date began.
CREATE OR REPLACE MACRO before(day, until) AS coalesce(
    (SELECT max(position) FROM log WHERE position <= until AND uk_date(recorded_at) < day::DATE),
    0);

-- What the lines in scope came to; with the basis `period`, less what they had come to before it.
CREATE OR REPLACE MACRO lines_in(until, one, whose, first_day, last_day, basis) AS TABLE
WITH bounds AS (
    SELECT CASE WHEN basis = 'period' AND last_day IS NOT NULL
            THEN before(last_day::DATE + 1, until) ELSE until END AS ends,
        CASE WHEN basis = 'period' AND first_day IS NOT NULL
            THEN before(first_day, until) ELSE 0 END AS begins
),
moved AS (
    FROM lines_at((SELECT ends FROM bounds))
    UNION ALL
    SELECT * REPLACE (-gross_pence AS gross_pence, -net_pence AS net_pence,
        -beyond_pence AS beyond_pence, -quantity AS quantity)
    FROM lines_at((SELECT begins FROM bounds))
)
SELECT *
FROM moved JOIN procurements_in(until, one, whose, first_day, last_day, basis) USING (procurement);

-- What payers recorded up to the cut, as it was corrected up to `known_at`, whatever the cut: a
-- correction says what was true all along.
CREATE OR REPLACE MACRO spend_at(until, known_at) AS TABLE
WITH corrected AS (
    SELECT spend, field, max_by(new, position) AS new
    FROM spend_corrections WHERE position <= known_at GROUP BY spend, field
)
SELECT s.position, s.spend, s.payer, s.procurement, s.kind,
    coalesce(amount.new::HUGEINT, s.amount_pence) AS amount_pence,
    coalesce(period.new::DATE, s.period_to) AS period_to
FROM spend_records AS s
LEFT JOIN corrected AS amount ON amount.spend = s.spend AND amount.field = 'amount_pence'
LEFT JOIN corrected AS period ON period.spend = s.spend AND period.field = 'period_to'
WHERE s.position <= until;

-- Spend goes with its procurement, also where its auction came to nothing (invariant 23). What
-- names none is in the portfolio, and in the authority's that paid it. In a cohort by dates, what
-- no award dates goes by the last day that it was for; with the basis `period`, all does.
CREATE OR REPLACE MACRO spend_in(until, known_at, one, whose, first_day, last_day, basis) AS TABLE
SELECT s.*,
    CASE
        WHEN p.authority IS NOT NULL THEN p.authority
        WHEN s.payer IN (SELECT stream FROM log WHERE type = 'organisation-registered.v1'
            AND data->>'side' = 'authority') THEN s.payer
        ELSE 'unallocated'  -- what others put in on no procurement
    END AS authority,
    CASE WHEN basis = 'cohort' THEN coalesce(f.awarded_on, s.period_to) ELSE s.period_to END AS day
FROM spend_at(until, known_at) AS s
LEFT JOIN procurements AS p USING (procurement)
LEFT JOIN first_awards(until) AS f USING (procurement)
WHERE (one IS NULL OR s.procurement = one)
    AND (whose IS NULL OR coalesce(p.authority, s.payer) = whose)
    AND within(day, first_day, last_day);

CREATE OR REPLACE MACRO contracts_in(until, one, whose, first_day, last_day, basis) AS TABLE
SELECT c.procurement, c.contract_value_pence, p.authority,
    CASE WHEN basis = 'cohort' THEN p.awarded_on ELSE c.on_day END AS day
FROM contracts AS c
JOIN procurements_in(until, one, whose, first_day, last_day, basis) AS p USING (procurement)
WHERE c.position <= until AND (basis = 'cohort' OR within(c.on_day, first_day, last_day));

-- ---------------------------------------------------------------------------------------------
-- 4. The answers: what each part of a dimension comes to, and what it is divided by
-- ---------------------------------------------------------------------------------------------

-- By proxy, so that a present value can be taken: all lines of one proxy last equally long, so
-- gross × k × the factor of its years may be summed over them before it is rounded, once.
CREATE OR REPLACE MACRO leverage(dimension, until, one, whose, first_day, last_day, basis)
AS TABLE
SELECT
    CASE dimension
        WHEN 'whole' THEN 'all'
        WHEN 'authority' THEN l.authority
        WHEN 'force' THEN n.force
        WHEN 'authority-force' THEN CASE l.acts_for WHEN '' THEN 'none' ELSE l.acts_for END
        WHEN 'local-authority' THEN n.local_authority
        WHEN 'supplier' THEN l.supplier
        WHEN 'community' THEN n.community
        WHEN 'measure' THEN l.measure
        WHEN 'theme' THEN n.theme
        WHEN 'year' THEN coalesce(financial_year(l.awarded_on), 'not awarded')
        WHEN 'procurement' THEN l.procurement
    END AS part,
    stage, proxy_set, measure, sum(gross_pence)::HUGEINT AS gross_pence,
    sum(net_pence)::HUGEINT AS net_pence, sum(beyond_pence)::HUGEINT AS beyond_pence
FROM lines_in(until, one, whose, first_day, last_day, basis) AS l JOIN needs AS n USING (need)
GROUP BY ALL;

-- D1 exchange spend; D2 with administration cost; D3 contract value; D4 = D2 with every other
-- recorded input. What nobody recorded is not nothing: it is not known (NULL), nor is a sum of it.
-- Only authority, procurement and year have denominators of their own; any other part is divided
-- by that of the whole, and is then a contribution, not a ratio.
CREATE OR REPLACE MACRO denominators(
    dimension, until, known_at, one, whose, first_day, last_day, basis)
AS TABLE
WITH amounts AS (
    SELECT kind, amount_pence AS pence, procurement, authority, day
    FROM spend_in(until, known_at, one, whose, first_day, last_day, basis)
    UNION ALL
    SELECT 'contract', contract_value_pence, procurement, authority, day
    FROM contracts_in(until, one, whose, first_day, last_day, basis)
),
summed AS (
    SELECT
        CASE dimension
            WHEN 'whole' THEN 'all'
            WHEN 'authority' THEN authority
            WHEN 'procurement' THEN coalesce(procurement, 'unallocated')
            WHEN 'year' THEN financial_year(day)
        END AS part,
        sum(pence) FILTER (kind = 'exchange')::HUGEINT AS exchange,
        sum(pence) FILTER (kind = 'administration')::HUGEINT AS administration,
        sum(pence) FILTER (kind = 'input')::HUGEINT AS inputs,
        sum(pence) FILTER (kind = 'contract')::HUGEINT AS contracts
    FROM amounts GROUP BY ALL
)
SELECT part, exchange AS d1, exchange + administration AS d2, contracts AS d3,
    exchange + administration + inputs AS d4
FROM summed;
