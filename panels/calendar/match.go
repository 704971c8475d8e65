package calendar

import "quorate/server/base/clock"

// worthMoving is half the days by which a meeting is moved sooner than one is cancelled and another
// added: with forty, the second Tuesday becomes the last Friday, and a quarter's month the next.
const worthMoving = 20

// Match pairs the days of a series as it was with its days as it will be, in order, so that as little
// changes as can: without pauses between them the k-th goes with the k-th, and a day that stays goes
// with itself. It gives for each old day the index of its new one, or -1 where there is none. New days
// from the index spare on may be used but need not be.
func Match(old, fresh []clock.Date, spare int) []int {
	leave := func(j int) int {
		if j >= spare {
			return 0
		}
		return worthMoving
	}
	apart := func(i, j int) int {
		days := old[i].DaysUntil(fresh[j])
		return max(days, -days)
	}
	// least[i][j] is what the days from old[i] and fresh[j] on cost at least.
	least := make([][]int, len(old)+1)
	for i := len(old); i >= 0; i-- {
		least[i] = make([]int, len(fresh)+1)
		for j := len(fresh); j >= 0; j-- {
			switch {
			case i == len(old) && j == len(fresh):
			case i == len(old):
				least[i][j] = leave(j) + least[i][j+1]
			case j == len(fresh):
				least[i][j] = worthMoving + least[i+1][j]
			default:
				least[i][j] = min(apart(i, j)+least[i+1][j+1], worthMoving+least[i+1][j], leave(j)+least[i][j+1])
			}
		}
	}
	pairs := make([]int, len(old))
	for i, j := 0, 0; i < len(old); {
		switch {
		case j < len(fresh) && least[i][j] == apart(i, j)+least[i+1][j+1]:
			pairs[i] = j
			i, j = i+1, j+1
		case j < len(fresh) && least[i][j] == leave(j)+least[i][j+1]:
			j++
		default:
			pairs[i] = -1
			i++
		}
	}
	return pairs
}
