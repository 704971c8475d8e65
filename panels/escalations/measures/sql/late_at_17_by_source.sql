-- Every referral of the period, by who made it: received while the young person was 17, or not.
select c.id, c.id as case_id, {source} as row, '' as label,
	case when c.referred_on >= birthday(c.date_of_birth, 17) and c.referred_on < birthday(c.date_of_birth, 18) then 0 else 1 end as part,
	0 as amount, c.referred_on as day
from (@cases) c
where c.referred_on >= @from and c.referred_on <= @to
