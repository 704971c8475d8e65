-- +goose Up
-- When people are away: whole days and a short kind, never a reason.

create table absence (
	id           uuid primary key,
	person_id    uuid not null references person,
	from_date    date not null,
	to_date      date not null, -- the last day away
	kind         text not null check (kind in ('leave', 'training', 'other')),
	recorded_by  uuid not null references person, -- themselves, or a clerk or chair for them
	recorded_at  timestamptz not null,
	version      integer not null default 1,
	check (to_date >= from_date)
);
create index absence_by_person on absence (person_id, to_date);

-- +goose Down
drop table absence;
