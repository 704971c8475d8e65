package panels

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// A member whose mail is dead misses a vote about a child, and thinks nobody asked: whoever clerks for them and
// whoever can mend it are told, once, and not any more when it is mended.
func TestClerksAreToldWhoseMailIsDead(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	other := g.forum2Clerk()
	fail := func(at string, cleared bool) {
		t.Helper()
		must(t)(nil, g.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
			if cleared {
				return tx.Exec(`update address_failure set cleared_at = ?`, tx.Now).Error
			}
			id := uuid.Must(uuid.NewV7())
			if err := tx.Exec(`insert into outbox (id, kind, recipient, created_at, stands_at, due_at, state) values (?, 'reply_chased', ?, ?, ?, ?, 'dead')`, id, g.hal.ID, tx.Now, tx.Now, tx.Now).Error; err != nil {
				return err
			}
			return tx.Exec(`insert into address_failure (id, person_id, email, outbox_id, hard, failure, answer, at) values (?, ?, ?, ?, true, ?, ?, ?)`,
				uuid.Must(uuid.NewV7()), g.hal.ID, at, id, notify.NoSuchAddress, "550 5.1.1", tx.Now).Error
		}))
	}
	fail(g.hal.Email, false)
	must(t)(nil, g.TellAddressFailed(t.Context(), notify.AddressFailed{Person: g.hal.ID}))
	var told []string
	g.read(g.admin, func(tx db.Tx) error {
		return tx.Raw(`select p.name from outbox o join person p on p.id = o.recipient where o.kind = ? order by p.name`, NoticeAddressFailing).Scan(&told).Error
	})
	if diff := cmp.Diff([]string{g.clerk.Name}, told); diff != "" {
		t.Errorf("told (-want +got), and not %s, who clerks elsewhere:\n%s", other.Name, diff)
	}
	notice := notify.Notice{Kind: NoticeAddressFailing, IDs: notify.IDs{"person": g.hal.ID}, To: g.clerk.PersonID}
	notifytest.Golden(t, g.post(), notice, "address_failing")
	must(t)(nil, g.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update person set administrator = true where id = ?`, g.clerk.PersonID).Error
	}))
	notifytest.Golden(t, g.post(), notice, "address_failing_administrator")
	fail("", true)
	notifytest.NotSent(t, g.post(), notice)
	fail("an.old.address@example.org", false)
	notifytest.NotSent(t, g.post(), notice)
}

// forum2Clerk is the clerk of a forum that none of the people here sits on.
func (g *gathering) forum2Clerk() access.Actor {
	g.t.Helper()
	return g.clerkOf(g.partnership.forum("complex_cases", ""))
}
