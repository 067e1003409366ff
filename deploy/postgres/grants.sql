-- To be run by svx_owner, or a superuser, once `svx-ledger init` has made the tables.
GRANT SELECT, INSERT
  ON public.stored_events, public.outcomes, public.claims, public.private_payloads TO svx_app;
GRANT DELETE ON public.private_payloads TO svx_app;
