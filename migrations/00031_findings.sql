-- +goose Up
-- What each rule says of each case, kept: an agenda is built from these rows and judges afresh only
-- what they do not cover yet.

-- A case that a rule lists, and on which days: from listed_from up to and without listed_until. The
-- rows follow from cases and rules and can be made again, so nothing here refers to them by a key that
-- would be checked row by row; whoever reads them joins the case.
create table finding (
	case_id       uuid not null,
	rule_key      text not null,
	weeks         integer not null default 0, -- the weeks in a year, in thousandths, that it is true for; 0: all
	locality      text not null,              -- the case's, in small letters
	turns_on      date,                       -- null when the rule has no date
	listed_from   date not null,
	listed_until  date not null,
	primary key (case_id, rule_key, weeks)
);
create index finding_by_locality on finding (rule_key, locality, listed_from, listed_until); -- a locality's forum
create index finding_by_day on finding (rule_key, listed_from, listed_until);                -- a forum that follows everyone

-- Which version of a rule its findings are of. Without a finished row of the version in force a build
-- judges the forum's cases by that rule itself.
create table rule_judged (
	key          text primary key,
	version      integer not null,
	upto         bigint not null default 0,  -- cases are gone through by number
	cases        integer not null default 0, -- how many so far
	started_at   timestamptz not null,
	finished_at  timestamptz
);

-- Cases that changed since their findings were kept, with the version they then had. A build judges
-- these itself; judging one in the background takes it out.
create table case_unjudged (
	case_id  uuid primary key,
	version  integer not null
);

-- In the transaction of the change, so that no way of changing a case can be forgotten.
-- +goose StatementBegin
create function cases_are_unjudged() returns trigger language plpgsql as $$
begin
	insert into case_unjudged (case_id, version) select id, version from changed
	on conflict (case_id) do update set version = excluded.version;
	return null;
end
$$;
-- +goose StatementEnd
-- A young person was last heard, and their capacity last judged, by the tracker's date or by what was recorded
-- here, so these count as a change.
-- +goose StatementBegin
create function recorded_case_is_unjudged() returns trigger language plpgsql as $$
begin
	insert into case_unjudged (case_id, version) select id, version from cases where id = new.case_id
	on conflict (case_id) do update set version = excluded.version;
	return null;
end
$$;
-- +goose StatementEnd
create trigger views_changed after insert or update on case_views
	for each row execute function recorded_case_is_unjudged();
create trigger capacity_changed after insert or update on case_capacity
	for each row execute function recorded_case_is_unjudged();
create trigger cases_added after insert on cases referencing new table as changed
	for each statement execute function cases_are_unjudged();
create trigger cases_changed after update on cases referencing new table as changed
	for each statement execute function cases_are_unjudged();

insert into case_unjudged (case_id, version) select id, version from cases;

-- What is said of cases that are there no more: an import that was undone takes many at once.
-- +goose StatementBegin
create function cases_are_gone() returns trigger language plpgsql as $$
begin
	delete from finding f using gone where f.case_id = gone.id;
	delete from case_unjudged u using gone where u.case_id = gone.id;
	return null;
end
$$;
-- +goose StatementEnd
create trigger cases_taken_away after delete on cases referencing old table as gone
	for each statement execute function cases_are_gone();

-- +goose Down
drop trigger views_changed on case_views;
drop trigger capacity_changed on case_capacity;
drop function recorded_case_is_unjudged();
drop trigger cases_taken_away on cases;
drop function cases_are_gone();
drop trigger cases_added on cases;
drop trigger cases_changed on cases;
drop function cases_are_unjudged();
drop table case_unjudged, rule_judged, finding;
