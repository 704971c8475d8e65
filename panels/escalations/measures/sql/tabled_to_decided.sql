-- Every decision of the period that settled something, by the days since it was first on a published agenda:
-- of a request, the request; of a case, the case since it was last decided there.
select d.id, d.case_id,
	case when t.days = 0 then '0' when t.days <= 28 then '28' when t.days <= 56 then '56' when t.days <= 84 then '84' else 'over' end as row,
	'' as label, 0 as part, t.days as amount, cast(d.confirmed_at at time zone 'Europe/London' as date) as day, '/decisions/' || d.id as leads
from decision d
cross join lateral (
	select coalesce(cast(d.confirmed_at at time zone 'Europe/London' as date) - cast(min(first.starts) at time zone 'Europe/London' as date), 0) as days
	from (
		select coalesce(m.first_starts_at, m.starts_at) as starts
		from agenda_item i join meeting m on m.id = i.meeting_id
		where d.request_id is not null and i.request_id = d.request_id and i.number <> '' and m.forum_id = d.forum_id and m.starts_at <= d.confirmed_at
		union all
		select coalesce(m.first_starts_at, m.starts_at)
		from agenda_item i join meeting m on m.id = i.meeting_id
		where d.request_id is null and i.case_id = d.case_id and i.request_id is null and i.number <> '' and m.forum_id = d.forum_id and m.starts_at <= d.confirmed_at
			and m.starts_at > coalesce((
				select max(e.confirmed_at) from decision e
				where e.case_id = d.case_id and e.forum_id = d.forum_id and e.request_id is null and e.outcome <> 'deferred' and e.confirmed_at < d.confirmed_at), '-infinity')
	) first) t
where d.forum_id in @forums and d.confirmed_at >= @from_instant and d.confirmed_at < @to_instant
	and d.outcome not in ('deferred', 'escalated', 'referred', 'withdrawn')
