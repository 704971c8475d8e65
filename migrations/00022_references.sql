-- +goose Up
-- One young person under several references, and two cases that were one person.

-- A case that was merged into another keeps its row: its number leads to the case that stayed, and what
-- was published and decided under it stays as it was.
alter table cases add column merged_into uuid references cases on delete restrict check (merged_into <> id);
create index cases_by_merged_into on cases (merged_into) where merged_into is not null;

-- Only the cases that stand hold their reference for themselves.
alter table cases drop constraint cases_person_reference_key;
create unique index cases_person_reference_key on cases (person_reference) where merged_into is null;

-- Trackers do give one number to two people. It is for a clerk to settle which is right, so these do
-- not forbid it: they find it.
create index cases_by_nhs_number on cases (nhs_number) where nhs_number <> '';
create index cases_by_upn on cases (upn) where upn <> '';
create index cases_by_childrens_reference on cases (childrens_reference) where childrens_reference <> '';
create index cases_by_adults_reference on cases (adults_reference) where adults_reference <> '';

-- The cases of one young person: the one that stands, and those merged into it.
-- +goose StatementBegin
create function same_case(uuid) returns table (id uuid) language sql stable as $$
	select c.id from cases c where c.id = coalesce((select o.merged_into from cases o where o.id = $1), $1)
	union all
	select c.id from cases c where c.merged_into = coalesce((select o.merged_into from cases o where o.id = $1), $1)
$$;
-- The case that stands for the young person a case is about.
create function standing_case(uuid) returns uuid language sql stable as $$
	select coalesce((select c.merged_into from cases c where c.id = $1), $1)
$$;
-- What is written about a merged case belongs to the one that stayed.
create function follows_merge() returns trigger language plpgsql as $$
begin
	if new.case_id is not null then
		new.case_id := standing_case(new.case_id);
	end if;
	return new;
end
$$;
-- +goose StatementEnd

-- What a case's history came from, besides an import or a meeting, and who did it.
alter table case_history add column source text not null default '', add column person_id uuid references person;

create table case_merge (
	id         uuid primary key,
	kept_id    uuid not null references cases on delete restrict,
	gone_id    uuid not null references cases on delete restrict,
	changes    jsonb not null, -- of the case that stayed: {field: [before, after]}
	merged_by  uuid not null references person,
	merged_at  timestamptz not null,
	undone_by  uuid references person,
	undone_at  timestamptz,
	version    integer not null default 1,
	check (kept_id <> gone_id),
	check ((undone_at is null) = (undone_by is null))
);
create unique index case_merge_stands_once on case_merge (gone_id) where undone_at is null;
create index case_merge_by_kept on case_merge (kept_id, merged_at desc);

-- What a merge took from one case to the other, so that undoing it takes the same back.
create table case_merge_thing (
	merge_id  uuid not null references case_merge on delete cascade,
	thing     text not null, -- the table it stands in
	thing_id  uuid not null,
	was       text not null default '', -- what else it was, where it is more than whose it is
	primary key (merge_id, thing, thing_id, was)
);

-- The person reference a case was held under before.
create table reference_change (
	id          uuid primary key,
	case_id     uuid not null references cases on delete restrict,
	former      text not null,
	reference   text not null, -- the one it took
	merge_id    uuid references case_merge, -- it came with a merge, and goes with it
	changed_by  uuid not null references person,
	changed_at  timestamptz not null,
	undone_by   uuid references person,
	undone_at   timestamptz,
	check (former <> reference),
	check ((undone_at is null) = (undone_by is null))
);
create index reference_change_by_case on reference_change (case_id, changed_at desc);
create index reference_change_by_former on reference_change (former) where undone_at is null;

-- Where a person reference leads that no standing case is held under: one it was held under before, or
-- that of a case merged into it.
create view former_reference as
	select distinct on (f.reference) f.reference, f.case_id
	from (
		select r.former as reference, coalesce(c.merged_into, c.id) as case_id, r.changed_at as at
		from reference_change r join cases c on c.id = r.case_id where r.undone_at is null
		union all
		select c.person_reference, c.merged_into, c.updated_at from cases c where c.merged_into is not null
	) f
	where not exists (select from cases held where held.person_reference = f.reference and held.merged_into is null)
	order by f.reference, f.at desc;

-- Somebody looked and said: whoever is held or comes under this reference is not the person of this case.
create table different_people (
	case_id    uuid not null references cases on delete restrict,
	reference  text not null,
	said_by    uuid not null references person,
	said_at    timestamptz not null,
	primary key (case_id, reference)
);

-- Whom a new row of a staged import may be: a case that holds one of its numbers, or has its name and birthday.
-- Unlogged and without keys, as the rows themselves are.
create unlogged table tracker_import_maybe (
	import_id   uuid not null,
	row_number  integer not null,
	case_id     uuid not null,
	sign        text not null, -- the field both hold; 'name' is name and birthday
	primary key (import_id, row_number, case_id, sign)
);

-- Two standing cases that hold one number, which nobody has said are two people: each pair both ways.
create view same_person_sign as
	select s.case_id, s.other_id, s.sign, s.value
	from (
		select a.id as case_id, b.id as other_id, 'nhs_number' as sign, a.nhs_number as value from cases a join cases b on b.nhs_number = a.nhs_number
			where a.nhs_number <> '' and b.nhs_number <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'upn', a.upn from cases a join cases b on b.upn = a.upn
			where a.upn <> '' and b.upn <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'childrens_reference', a.childrens_reference from cases a join cases b on b.childrens_reference = a.childrens_reference
			where a.childrens_reference <> '' and b.childrens_reference <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'adults_reference', a.adults_reference from cases a join cases b on b.adults_reference = a.adults_reference
			where a.adults_reference <> '' and b.adults_reference <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'person_reference', a.person_reference from cases a join cases b on b.childrens_reference = a.person_reference
			where b.childrens_reference <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'person_reference', a.person_reference from cases a join cases b on b.adults_reference = a.person_reference
			where b.adults_reference <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'person_reference', b.person_reference from cases a join cases b on b.person_reference = a.childrens_reference
			where a.childrens_reference <> '' and a.merged_into is null and b.merged_into is null
		union all
		select a.id, b.id, 'person_reference', b.person_reference from cases a join cases b on b.person_reference = a.adults_reference
			where a.adults_reference <> '' and a.merged_into is null and b.merged_into is null
	) s
	join cases c on c.id = s.case_id
	join cases o on o.id = s.other_id
	where s.case_id <> s.other_id
		and not exists (select from different_people d where d.case_id = s.case_id and d.reference = o.person_reference)
		and not exists (select from different_people d where d.case_id = s.other_id and d.reference = c.person_reference);

-- +goose Down
drop view same_person_sign;
drop table tracker_import_maybe, different_people;
drop view former_reference;
drop table reference_change, case_merge_thing, case_merge;
alter table case_history drop column source, drop column person_id;
drop function follows_merge;
drop function standing_case;
drop function same_case;
drop index cases_person_reference_key;
alter table cases drop column merged_into;
alter table cases add constraint cases_person_reference_key unique (person_reference);
