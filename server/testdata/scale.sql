-- A partnership of {forums} forums, each meeting every second week for ten years around 24 November 2026. It
-- is written in plain SQL, which takes seconds where the use cases would take an hour.

insert into agency (id, name, short_name, kind, legal_body, funder)
values (gen_random_uuid(), 'Adult social care', 'ASC', 'adult_social_care', 'Marlshire Council', true);

insert into person (id, name, email, administrator, created_at)
select gen_random_uuid(), 'Person ' || n, 'person' || n || '@example.org', n = 1, '2020-01-01'
from generate_series(1, 300) n;

insert into forum (id, slug, name, created_at)
select gen_random_uuid(), 'forum-' || n, 'Forum ' || n, '2020-01-01' from generate_series(1, {forums}) n;

insert into terms_of_reference (id, forum_id, number, in_force_on, purpose, created_by, created_at, quorum_members, voting_method, voting_rule, start_time, duration_minutes, minutes_per_item)
select gen_random_uuid(), f.id, 1, '2020-01-01', 'To meet.', p.id, '2020-01-01', 3, 'spoken', 'consensus', '09:30', 120, 10
from forum f, person p where p.name = 'Person 1';

-- Person 2 is the clerk of every forum; the other seats go round.
insert into seat (id, forum_id, agency_id, name, office, standing, position)
select gen_random_uuid(), f.id, a.id, 'Seat ' || s, case s when 1 then 'chair' when 2 then 'clerk' else 'member' end, 'deciding', s
from forum f, agency a, generate_series(1, 6) s;

insert into seat_holding (id, seat_id, person_id, deputy_order, from_date)
select gen_random_uuid(), s.id, p.id, d.n, '2020-01-01'
from seat s join forum f on f.id = s.forum_id cross join generate_series(0, 1) d(n)
join person p on p.name = 'Person ' || case when s.office = 'clerk' and d.n = 0 then 2 else 3 + (split_part(f.slug, '-', 2)::int * 11 + s.position * 2 + d.n) % 298 end;

insert into series (id, forum_id, rule, starts_on, start_time, duration_minutes, venue)
select gen_random_uuid(), id, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2021-11-23', '09:30', 120, 'County Hall' from forum;

insert into meeting (id, forum_id, series_id, occurrence_on, starts_at, ends_at, venue, status, papers_due_on, agenda_out_on, minutes_out_on, created_at, changed_at)
select gen_random_uuid(), f.id, s.id, d.day, (d.day + t.begins) at time zone 'Europe/London', (d.day + t.begins + interval '2 hours') at time zone 'Europe/London', 'County Hall',
	case when d.day < '2026-11-24' then 'closed' else 'scheduled' end, d.day - 14, d.day - 7, d.day + 7, '2020-01-01', '2020-01-01'
from forum f join series s on s.forum_id = f.id
cross join lateral (select time '09:00' + (split_part(f.slug, '-', 2)::int % 8) * interval '1 hour' as begins, split_part(f.slug, '-', 2)::int % 10 as apart) t
cross join lateral (select date '2021-11-23' + t.apart + 14 * n as day from generate_series(0, 260) n) d;

insert into reply (id, meeting_id, person_id, answer, via, sequence, answered_at)
select gen_random_uuid(), m.id, h.person_id, case s.position % 3 when 0 then 'apologies' else 'attending' end, 'page', 0, '2026-11-01'
from meeting m join seat s on s.forum_id = m.forum_id and s.position <> 4 join seat_holding h on h.seat_id = s.id and h.deputy_order = 0
where m.starts_at between '2026-01-01' and '2027-02-01'
on conflict do nothing;

analyze;
