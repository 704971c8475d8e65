-- Every open blocker, by kind and by how long it has been open; the sum is of young people it holds up.
select b.id, b.case_id, b.kind as row, '' as label,
	case when o.days <= 28 then 0 when o.days <= 56 then 1 else 2 end as part, b.young_people as amount, o.day, '/blockers/' || b.id as leads
from blocker b
cross join lateral (select cast(b.raised_at at time zone 'Europe/London' as date) as day, cast(@today as date) - cast(b.raised_at at time zone 'Europe/London' as date) as days) o
where b.forum_id in @forums and b.state = 'open'
