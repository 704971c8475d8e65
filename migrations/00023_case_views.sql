-- +goose Up
-- What a young person says, what they can decide, who else in the family is known, and who told them
-- that their case is discussed.

-- The young person's own views, each time they were heard.
create table case_views (
	id           uuid primary key,
	case_id      uuid not null references cases on delete restrict,
	heard_on     date not null,
	how          text not null check (how in ('themselves', 'communication', 'advocate', 'parent', 'worker')),
	who          text not null default '', -- who spoke or wrote for them
	verbatim     boolean not null,         -- their own words, and not somebody's summary
	words        text not null default '',
	takes_part   text not null check (takes_part in ('chair', 'all', 'some', 'words', 'none', 'not_asked')),
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null,
	struck_by    uuid references person, -- recorded by mistake
	struck_at    timestamptz,
	struck_why   text not null default '',
	check (words <> '' or takes_part = 'none'),
	check ((struck_at is null) = (struck_by is null) and (struck_at is null) = (struck_why = ''))
);
create index case_views_by_case on case_views (case_id, heard_on desc, id desc);

create trigger case_views_follows_merge before insert on case_views for each row execute function follows_merge();

-- Capacity is judged for each decision: the question, and never the person.
create table case_capacity (
	id           uuid primary key,
	case_id      uuid not null references cases on delete restrict,
	question     text not null check (question <> ''),
	outcome      text not null check (outcome in ('can', 'can_with_support', 'cannot', 'unsettled')),
	judged_on    date not null,
	judged_by    text not null check (judged_by <> ''),
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null,
	struck_by    uuid references person,
	struck_at    timestamptz,
	struck_why   text not null default '',
	check ((struck_at is null) = (struck_by is null) and (struck_at is null) = (struck_why = ''))
);
create index case_capacity_by_case on case_capacity (case_id, judged_on desc, id desc);
create trigger case_capacity_follows_merge before insert on case_capacity for each row execute function follows_merge();

-- Brothers and sisters who are cases themselves, each pair once.
create table case_sibling (
	one_id     uuid not null references cases on delete restrict,
	other_id   uuid not null references cases on delete restrict,
	linked_by  uuid not null references person,
	linked_at  timestamptz not null,
	primary key (one_id, other_id),
	check (one_id < other_id)
);
create index case_sibling_by_other on case_sibling (other_id);

-- Who told the young person that a meeting discusses them, what they said, and by what right it is
-- shared. It is of the case and the meeting, so a draft built again loses nothing. A change is a row that
-- follows the one before: a published agenda goes on saying what was recorded when it went out.
create table tabling (
	id           uuid primary key,
	meeting_id   uuid not null references meeting,
	case_id      uuid not null references cases on delete restrict,
	version      integer not null default 1,
	told         text not null check (told in ('young_person', 'representative', 'both', 'nobody')),
	told_by      text not null default '', -- who told them
	told_on      date,
	representative text not null default '',
	response     text not null check (response in ('content', 'objects', 'silent', '')), -- '' when nobody was told
	said         text not null default '',
	why_not_told text not null default '',
	basis        text not null check (basis in ('public_task', 'safeguarding', 'vital_interests', 'court_order', 'consent')),
	basis_detail text not null default '',
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null,
	unique (meeting_id, case_id, version),
	check ((told = 'nobody') = (why_not_told <> '')),
	check ((told = 'nobody') = (told_on is null)),
	check ((told = 'nobody') = (response = ''))
);
create index tabling_by_case on tabling (case_id, recorded_at desc);

-- +goose Down
drop table tabling, case_sibling, case_capacity, case_views;
