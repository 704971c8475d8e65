-- Who is 18 to 25, by what they cost a week: the lower bound is in its band, the upper in the next.
select c.id, c.id as case_id,
	case when c.weekly_cost_pence is null then 'unknown' else cast((
		select max(b.lower) from (values (0), (10000), (30000), (50000), (80000), (100000), (200000)) b(lower) where b.lower <= c.weekly_cost_pence) as text) end as row,
	'' as label, case when c.weekly_cost_pence is null then 1 else 0 end as part, coalesce(c.weekly_cost_pence, 0) as amount, cast(null as date) as day
from (@cases) c
where c.date_of_birth > @born_after and c.date_of_birth <= @born_by
	and coalesce(c.died_on > @today, true) and coalesce(c.moved_away_on > @today, true)
