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
create index reply_by_deputy on reply (deputy_id, meeting_id) where current and deputy_id is not null;

-- A link in an email that answers once, without signing in. The link is told once; its digest is kept.
create table reply_link (
	digest      bytea primary key,
	meeting_id  uuid not null references meeting,
	person_id   uuid not null references person,
	sequence    integer not null, -- of the meeting when it was made: a meeting that has changed since is not answered by it
	made_at     timestamptz not null,
	expires_at  timestamptz not null,
	used_at     timestamptz
);
create index reply_link_by_person on reply_link (meeting_id, person_id);
create index reply_link_by_expiry on reply_link (expires_at);

-- Who was asked again, and on which day: nobody more than once a day.
create table reply_chase (
	meeting_id  uuid not null references meeting,
	person_id   uuid not null references person,
	chased_on   date not null,
	chased_by   uuid not null references person,
	primary key (meeting_id, person_id, chased_on)
);

-- How a meeting's quorum stood when its clerk and chair were last told, for one timing of the meeting.
create table forecast_warning (
	meeting_id         uuid not null references meeting,
	timed_at_sequence  integer not null,
	severity           integer not null, -- 0 is quorate; told again only when it rises
	looked_on          date not null,
	primary key (meeting_id, timed_at_sequence)
);

-- What was chased of a meeting's deadlines: each stage of each deadline once, and anew when the deadline moves.
create table deadline_chase (
	meeting_id  uuid not null references meeting,
	deadline    text not null check (deadline in ('papers', 'agenda', 'minutes')),
	due_on      date not null,
	stage       text not null check (stage in ('before', 'after')),
	chased_at   timestamptz not null,
	primary key (meeting_id, deadline, due_on, stage)
);

-- Somebody from outside the forum who joins one item and sees only that: another council's funder, or the
-- independent authoriser of a funder whose own members have all left for the item.
create table meeting_guest (
	id          uuid primary key,
	meeting_id  uuid not null references meeting,
	item_id     uuid not null, -- of agenda_item: the reference is added there
	person_id   uuid not null references person,
	agency_id   uuid not null references agency, -- for whom they speak
	authoriser  boolean not null default false, -- of a funder of this partnership
	added_by    uuid not null references person,
	added_at    timestamptz not null,
	ended_at    timestamptz, -- no longer asked to come
	leads       boolean not null default false, -- a young person, or who supports them, who chairs their own item
	version     integer not null default 1
);
create unique index meeting_guest_key on meeting_guest (item_id, person_id) where ended_at is null;
create index meeting_guest_by_meeting on meeting_guest (meeting_id) where ended_at is null;
create index meeting_guest_by_person on meeting_guest (person_id) where ended_at is null;

-- +goose Down
drop table meeting_guest, deadline_chase, forecast_warning, reply_chase, reply_link, reply;
