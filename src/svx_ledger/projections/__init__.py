"""What the log means: tables that follow from the events alone, and what people read in them.

A view can be thrown away and built again; the log is the only truth.

- `table`, `projection`: tables, row changes, and how a projection names the events it takes
- `organisations`, `procurements`, `needs`, `proxy_sets`, `spending`, `auction_board`,
  `award_register`, `contract_register`, `direct_offers`, `indicators`, `obligations`,
  `running`, `timeline`, `second_person`, `corrections`, `persons`, `api_keys`,
  `resource_offers`, `keeping`, `trail`: the projections, each its tables and its `project`
- `auction_rows`, `live_ranking`: the tables of the auction board, and the live order in them
- `elsewhere`: what was published and decided elsewhere, its tables and its queries
- `view`: one moment of the views, which every query takes
- `catalogue`: every projection
- `memory`: the tables in memory, and `Views`, which follows a log
- `collecting`, `net`: row changes composed into one net
- `folding`, `folding_workers`: from raw rows to nets, on one or several processes
- `stored`, `following`: views in a database: generations, rebuilds, and who follows
- `visibility`: what nobody may see before its time, in one place
- `questions`: what people ask on day one; `replay`: anything as it was at a moment
- `register_search`, of `register_cards`: the register found by what awards are, and counted;
  `notice_timeline`, `retention`: one award's notices, corrections and time of keeping
- `shown_events`, `sentences`: events as their viewer may see them, and each in a plain sentence
- `award_page`, `award_lines`, `trail_lines`: one award, awards and the trail as they are listed
- `trail_search`: the trail found by person, organisation, thing, command and time
- `leading`: who led an auction when, and why that changed
- `need_states`, `organisation_page`, `pending`: needs by area, one organisation, what waits for
  a second person
- `board`, `register`: what rows answer; `lists`: things by their names
- `leverage`: what the leverage report rests on, its tables and its figures
"""
