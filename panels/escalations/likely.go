package escalations

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Like is an open blocker that may have the same cause as another.
type Like struct {
	ID          uuid.UUID
	Number      int64
	ForumName   string
	LevelName   string
	Theme       string
	Needed      string
	YoungPeople int
}

// Reference is the blocker's number as people see it.
func (l Like) Reference() string { return Reference(l.Number) }

// mostLike is how many likely ones a form offers.
const mostLike = 5

// emptyWords say nothing of a cause.
var emptyWords = []string{"a", "an", "and", "at", "for", "from", "in", "is", "no", "not", "of", "on", "or", "the", "to", "with", "who", "s"}

// themeWords are the words of a theme that say something, in small letters.
func themeWords(theme string) []string {
	var words []string
	for _, word := range strings.FieldsFunc(strings.ToLower(theme), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !slices.Contains(emptyWords, word) && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// LikeTheme reports whether two themes are likely one cause: they share at least half of the words of the
// shorter, "Supported housing in the north" and "Housing, north".
func LikeTheme(one, other string) bool {
	a, b := themeWords(one), themeWords(other)
	shared := 0
	for _, word := range a {
		if slices.Contains(b, word) {
			shared++
		}
	}
	return shared > 0 && 2*shared >= min(len(a), len(b))
}

// LikelySame lists the open blockers of the same kind and a like theme that the actor could add a case to, so
// that one cause is not raised twice.
func (s *Store) LikelySame(ctx context.Context, actor access.Actor, kind Kind, theme string) ([]Like, error) {
	var likely []Like
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		all, err := mayJoin(tx, kind, uuid.Nil)
		for _, like := range all {
			if LikeTheme(like.Theme, theme) && len(likely) < mostLike {
				likely = append(likely, like)
			}
		}
		return err
	})
	return likely, err
}

// mayJoin lists the open blockers of a kind that the actor may change, those of their own forums and those
// that have climbed to one, but for one.
func mayJoin(tx db.Tx, kind Kind, except uuid.UUID) (list []Like, err error) {
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if !seat.Board && tx.Actor.May(access.RaiseBlocker, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	err = tx.Raw(`
		select b.id, b.number, f.name as forum_name, b.level_name, b.theme, b.needed, b.young_people
		from blocker b join forum f on f.id = b.forum_id
		where b.state = 'open' and b.kind = @kind and b.id <> @except
			and (b.forum_id in @forums or b.level_forum_id in @forums and b.level <> 'board')
			and not exists (`+interestInBlocker("@me", "b.id")+`)
		order by b.raised_at, b.number limit 200`,
		map[string]any{"kind": kind, "except": except, "forums": forums, "me": tx.Actor.PersonID}).Scan(&list).Error
	return list, err
}
