-- To be run once, by a superuser in the database of the ledger: who makes the tables, and who
-- works with them. Give each a password afterwards: ALTER ROLE … PASSWORD …
CREATE ROLE svx_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE svx_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO svx_owner;
GRANT USAGE ON SCHEMA public TO svx_app;
-- For the schema svx_log, which is made by the first publication.
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO svx_owner', current_database()); END $$;
CREATE SCHEMA svx_views AUTHORIZATION svx_app;
