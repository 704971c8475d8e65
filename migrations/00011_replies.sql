-- +goose Up
-- Who says they will come to a meeting, and who is there for one item only.

create table reply (
	id           uuid primary key,
	meeting_id   uuid not null references meeting,
	person_id    uuid not null references person,
	answer       text not null check (answer in ('attending', 'tentative', 'deputy', 'apologies')),
	deputy_id    uuid references person, -- who comes instead
	via          text not null check (via in ('page', 'link', 'calendar', 'clerk', 'api')),
	recorded_by  uuid references person, -- who recorded it for them; null: themselves
	sequence     integer not null, -- of the meeting they answered about
	answered_at  timestamptz not null,
	current      boolean not null default true, -- an answer is never changed: the next one follows it
	check ((answer = 'deputy') = (deputy_id is not null))
);
create unique index reply_current on reply (meeting_id, person_id) where current;
create index reply_by_person on reply (person_id, meeting_id) where current;

-- Somebody from outside the forum, such as another council's funder, who joins one item and sees only that.
create table meeting_guest (
	id          uuid primary key,
	meeting_id  uuid not null references meeting,
	item_id     uuid not null, -- references agenda_item, from 00030
	person_id   uuid not null references person,
	agency_id   uuid not null references agency, -- for whom they speak
	added_by    uuid not null references person,
	added_at    timestamptz not null,
	ended_at    timestamptz, -- no longer asked to come
	version     integer not null default 1
);
create unique index meeting_guest_key on meeting_guest (item_id, person_id) where ended_at is null;
create index meeting_guest_by_meeting on meeting_guest (meeting_id) where ended_at is null;
create index meeting_guest_by_person on meeting_guest (person_id) where ended_at is null;

-- +goose Down
drop table meeting_guest, reply;
