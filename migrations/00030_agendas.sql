-- +goose Up
-- What a meeting will discuss, and why.

-- Rules are data. A change is a new row with the next version; the highest version of a key is in
-- force, so what an agenda was built by can always be read again.
create table rule (
	key          text not null,
	version      integer not null check (version >= 1),
	position     integer not null,             -- order on the rules page
	name         text not null,
	text         text not null,                -- the reason as the agenda gives it: {on}, {age}, {weekly}, {annual} and parameters are filled in
	law          text not null,                -- the law or policy
	applies      text not null,                -- expression: does it concern this case?
	turns_on     text not null default '',     -- expression: the date behind it; empty when there is none
	listed_from  text not null default '',     -- expression: the first day it lists the case; empty is turns_on
	listed_until text not null default '',     -- expression: the last day it lists the case; empty is no end
	parameters   jsonb not null default '[]',  -- [{"name","label","unit","value"}]
	templates    jsonb not null default '[]',  -- the forum templates it serves
	columns      jsonb not null default '[]',  -- the tracker columns without which it cannot be judged
	from_age     integer not null default 14,  -- completed years, inclusive
	to_age       integer not null default 25,  -- completed years, inclusive
	asks_consent boolean not null default false, -- stands back when consent was refused
	weight       integer not null check (weight between 0 and 100),
	minutes      integer not null default 0,   -- minutes the item needs at least; 0 is the forum's usual
	enabled      boolean not null default true,
	changed_by   uuid references person,       -- null: shipped with the product
	changed_at   timestamptz not null default now(),
	primary key (key, version),
	check (from_age <= to_age)
);

-- The rules that ship with the product. Periods, ages and sums are local policy, so they are parameters.
insert into rule (key, version, position, name, text, law, applies, turns_on, listed_from, parameters, templates, columns, from_age, to_age, asks_consent, weight, minutes) values
	('no_referral', 1, 1, 'No referral to the adult team',
		'No referral to the adult team; {at} on {on}',
		'Local protocol: referral to the adult team from 16',
		'missing(referred_on)',
		'at_age(born, at)', '',
		'[{"name": "at", "label": "Age by which a referral is expected", "unit": "age", "value": 198}]',
		'["locality"]', '["referred_on"]',
		14, 25, true, 70, 0),
	('referral_unallocated', 1, 2, 'Referral without a worker',
		'Referred on {referred_on}; {after} days without an allocated worker on {on}',
		'Local protocol: a named worker from 16',
		'known(referred_on) and allocated_worker == ""',
		'days_after(referred_on, after)', '',
		'[{"name": "after", "label": "Days after the referral", "unit": "days", "value": 28}]',
		'["locality"]', '["referred_on", "allocated_worker"]',
		14, 25, true, 75, 0),
	('no_assessment', 1, 3, 'No Care Act assessment',
		'No Care Act assessment; {at} on {on}',
		'Care Act 2014, section 58; local policy: complete by {at}',
		'missing(care_act_assessed_on)',
		'at_age(born, at)', 'days_before(at_age(born, at), notice)',
		'[{"name": "at", "label": "Age by which the assessment is complete", "unit": "age", "value": 210}, {"name": "notice", "label": "Days of notice before that", "unit": "days", "value": 90}]',
		'["locality"]', '["care_act_assessed_on"]',
		14, 25, true, 85, 0),
	('no_support_plan', 1, 4, 'No support plan',
		'No support plan; {at} on {on}',
		'Local policy: a support plan in force at {at}; Care Act 2014, section 66',
		'missing(support_plan_on)',
		'at_age(born, at)', 'days_before(at_age(born, at), notice)',
		'[{"name": "at", "label": "Age at which the plan is in force", "unit": "age", "value": 216}, {"name": "notice", "label": "Days of notice before that", "unit": "days", "value": 120}]',
		'["locality"]', '["support_plan_on"]',
		14, 25, true, 90, 0),
	('chc_not_screened', 1, 5, 'Not screened for NHS continuing healthcare',
		'Health money in the package and no CHC checklist; {at} on {on}',
		'National Framework for NHS Continuing Healthcare: screening from 16',
		'health_weekly_pence > 0 and missing(chc_checklist_on) and chc_decision == ""',
		'at_age(born, at)', '',
		'[{"name": "at", "label": "Age by which screening is expected", "unit": "age", "value": 198}]',
		'["locality", "health_transitions"]', '["health_weekly_pence", "chc_checklist_on"]',
		14, 25, true, 60, 0),
	('chc_no_decision', 1, 6, 'No decision on NHS continuing healthcare',
		'Health money in the package and no CHC decision; {at} on {on}',
		'National Framework for NHS Continuing Healthcare: eligibility in principle from 17',
		'health_weekly_pence > 0 and (chc_decision == "" or mentions(chc_decision, "pending", "awaiting", "deferred", "not decided"))',
		'at_age(born, at)', '',
		'[{"name": "at", "label": "Age by which a decision is expected", "unit": "age", "value": 210}]',
		'["locality", "health_transitions"]', '["health_weekly_pence", "chc_decision"]',
		14, 25, true, 70, 0),
	('no_pathway_plan', 1, 7, 'Looked after without a pathway plan',
		'Looked after and no pathway plan; {by} on {on}',
		'Care Planning, Placement and Case Review (England) Regulations 2010, regulation 42',
		'missing(pathway_plan_on) and looked_after(legal_status)',
		'at_age(born, by)', 'at_age(born, from)',
		'[{"name": "from", "label": "Age from which it is listed", "unit": "age", "value": 192}, {"name": "by", "label": "Age by which the assessment for it is due", "unit": "age", "value": 195}]',
		'["locality"]', '["legal_status", "pathway_plan_on"]',
		14, 17, false, 80, 0),
	('safeguarding_at_17', 1, 8, 'Protection or court case not referred to adult safeguarding',
		'Child protection, care proceedings or Court of Protection and no adult safeguarding referral; {at} on {on}',
		'Local procedure: refer to adult safeguarding from {at}; Care Act 2014, section 42',
		'missing(adult_safeguarded_on) and (mentions(social_care_status, "child protection", "cp") or mentions(legal_status, "care proceedings", "proceedings", "interim care order", "section 38", "s38", "court of protection", "cop") or liberty_authorised) and not mentions(primary_need, "learning disability", "learning disabilities", "severe learning", "moderate learning", "profound", "profound and multiple learning", "sld", "mld", "pmld", "physical disability", "physical disabilities")',
		'at_age(born, at)', '',
		'[{"name": "at", "label": "Age at which the case is referred", "unit": "age", "value": 204}]',
		'["locality", "transitional_safeguarding"]', '["social_care_status", "legal_status", "primary_need", "adult_safeguarded_on"]',
		14, 25, false, 95, 0),
	('high_cost', 1, 9, 'High-cost placement',
		'Placement costs {annual} a year; {until} on {on}',
		'Local policy: placements over {limit} a year are watched from {from}',
		'annual_pence > limit * 100',
		'at_age(born, until)', 'at_age(born, from)',
		'[{"name": "limit", "label": "Cost over, pounds a year", "unit": "pounds", "value": 50000}, {"name": "from", "label": "Age from which it is listed", "unit": "age", "value": 168}, {"name": "until", "label": "Age at which the adult funder takes over", "unit": "age", "value": 216}]',
		'["locality"]', '["weekly_cost_pence"]',
		14, 17, false, 40, 0),
	('out_of_county_ending', 1, 10, 'Out-of-county placement ending',
		'Out-of-county placement ends on {on}',
		'Local policy: {within} months to arrange what follows',
		'out_of_county',
		'placement_ends_on', 'months_before(placement_ends_on, within)',
		'[{"name": "within", "label": "Months before the placement ends", "unit": "months", "value": 9}]',
		'["locality"]', '["out_of_county", "placement_ends_on"]',
		14, 25, false, 60, 0),
	('no_capacity_assessment', 1, 11, 'Deprivation of liberty without a capacity assessment',
		'Authorised deprivation of liberty and no capacity assessment on record; {at} on {on}',
		'Mental Capacity Act 2005; local policy: Court of Protection application from 17',
		'liberty_authorised and missing(mental_capacity_on)',
		'at_age(born, at)', '',
		'[{"name": "at", "label": "Age by which it is expected", "unit": "age", "value": 204}]',
		'["locality"]', '["liberty_authorised", "mental_capacity_on"]',
		14, 25, false, 95, 0),
	('consent_refused', 1, 12, 'Consent refused',
		'Consent was refused: agree how the offer stays open, and whether abuse or neglect is suspected',
		'Care Act 2014, sections 58(3), 58(4) and 11',
		'consent_refused and (missing(care_act_assessed_on) or missing(support_plan_on))',
		'', '',
		'[]',
		'["locality"]', '["consent_refused"]',
		16, 25, false, 50, 0);

insert into rule (key, version, position, name, text, law, applies, turns_on, listed_from, listed_until, parameters, templates, columns, from_age, to_age, weight, enabled) values
	('court_date', 1, 13, 'Tribunal or court date ahead',
		'Tribunal or court on {on}: agree beforehand what is said there',
		'Local policy: discussed in the {within} days before a tribunal or court date, and at the last meeting before it',
		'known(court_date_on)',
		'court_date_on', 'days_before(court_date_on, within)', 'court_date_on',
		'[{"name": "within", "label": "Days before the tribunal or court date", "unit": "days", "value": 56}]',
		'["locality"]', '["court_date_on"]',
		14, 25, 90, true),
	('ehcp_review', 1, 14, 'EHCP review due',
		'EHCP review due on {on}',
		'Children and Families Act 2014, section 44: an EHCP is reviewed every 12 months',
		'ehcp and known(ehcp_review_on)',
		'ehcp_review_on', 'days_before(ehcp_review_on, notice)', '',
		'[{"name": "notice", "label": "Days of notice before the review", "unit": "days", "value": 28}]',
		'["locality"]', '["ehcp", "ehcp_review_on"]',
		14, 25, 30, false); -- partnerships that follow reviews elsewhere leave it off

create table agenda_item (
	id              uuid primary key,
	meeting_id      uuid not null references meeting,
	number          text not null default '',
	position        integer not null,
	kind            text not null check (kind in ('standing', 'case', 'request', 'answer', 'escalation', 'ratify')),
	title           text not null default '',
	case_id         uuid references cases on delete restrict,
	request_id      uuid references funding_request,
	escalation_id   uuid,
	ratifies_id     uuid,                           -- the decision taken between meetings that it puts before this one
	presenter_id    uuid references person,
	minutes         integer not null check (minutes between 0 and 240),
	minutes_set     boolean not null default false, -- somebody chose the minutes; a rebuild keeps them
	moved           boolean not null default false, -- somebody chose its place; a rebuild keeps it
	state           text not null default 'listed' check (state in ('listed', 'put_over', 'removed', 'taken_off')),
	removed_reason  text not null default '',
	late_reason     text not null default '',       -- added after publication, and why
	pinned          boolean not null default false,
	urgency         integer not null default 0,
	reasons         jsonb not null default '[]',
	created_at      timestamptz not null,
	version         integer not null default 1
);
create index agenda_item_by_meeting on agenda_item (meeting_id, position);
create index agenda_item_by_case on agenda_item (case_id) where case_id is not null;
create index agenda_item_by_presenter on agenda_item (presenter_id) where presenter_id is not null;
create unique index agenda_item_number_key on agenda_item (meeting_id, number) where number <> '';
create unique index agenda_item_case_key on agenda_item (meeting_id, case_id) where kind = 'case';
create unique index agenda_item_request_key on agenda_item (meeting_id, request_id) where request_id is not null and state = 'listed'; -- one taken off keeps its line
create unique index agenda_item_ratifies_key on agenda_item (meeting_id, ratifies_id) where ratifies_id is not null;
create unique index agenda_item_escalation_key on agenda_item (meeting_id, escalation_id) where kind in ('answer', 'escalation');

alter table meeting_guest add foreign key (item_id) references agenda_item;

-- A published agenda. Content is the whole snapshot; names are not in it, they come from the case.
create table agenda_version (
	id            uuid primary key,
	meeting_id    uuid not null references meeting,
	version       integer not null,
	published_at  timestamptz not null,
	published_by  uuid not null references person,
	content       jsonb not null,
	constraint agenda_version_key unique (meeting_id, version)
);

-- +goose StatementBegin
create function agenda_version_never_changes() returns trigger language plpgsql as $$
begin
	raise exception 'a published agenda never changes: publish a new version';
end
$$;
-- +goose StatementEnd
create trigger agenda_version_never_changes before update or delete on agenda_version
	for each row execute function agenda_version_never_changes();

revoke update, delete on agenda_version, rule from quorate_app;

-- Who has opened a published agenda.
create table agenda_read (
	meeting_id  uuid not null,
	version     integer not null,
	person_id   uuid not null references person,
	read_at     timestamptz not null,
	primary key (meeting_id, version, person_id),
	foreign key (meeting_id, version) references agenda_version (meeting_id, version)
);

-- What comes back to a forum on a date. For the kinds answer and escalation the source is the escalation.
create table due (
	id          uuid primary key,
	forum_id    uuid not null references forum,
	kind        text not null check (kind in ('deferred', 'referred', 'review', 'action', 'answer', 'request', 'escalation', 'ratify', 'put_over', 'minutes', 'condition', 'blocker')),
	source_id   uuid not null,
	case_id     uuid references cases on delete restrict,
	request_id  uuid references funding_request,
	due_on      date not null,
	title       text not null default '', -- of the line it asks for, where that is one of its own
	text        text not null,
	law         text not null default '',
	done_at     timestamptz,
	constraint due_source_key unique (forum_id, kind, source_id)
);
create index due_open on due (forum_id, due_on) where done_at is null;
create index due_by_case on due (case_id) where case_id is not null;
create trigger due_follows_merge before insert on due for each row execute function follows_merge();

-- +goose Down
alter table meeting_guest drop constraint meeting_guest_item_id_fkey;
drop table due, agenda_read, agenda_version, agenda_item, rule;
drop function agenda_version_never_changes;
