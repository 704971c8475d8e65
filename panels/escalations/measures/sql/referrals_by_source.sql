-- Every referral of the period, by who made it.
select c.id, c.id as case_id, {source} as row, '' as label, 0 as part, 0 as amount, c.referred_on as day
from (@cases) c
where c.referred_on >= @from and c.referred_on <= @to
