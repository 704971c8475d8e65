package dates_test

import (
	"testing"

	"quorate/panels/dates"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Whoever has left keeps their mailbox for a while. Its links must neither show when a forum meets nor
// answer for a seat that somebody else now holds.
func TestALinkEndsWithItsReadersAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	_, links := w.mail()
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update person set ended_on = ? where id = ?`, tx.Today(), w.asc.PersonID).Error
	})
	err := w.DB.Read(t.Context(), w.stranger, func(tx db.Tx) error { _, err := dates.FollowLink(tx, links["asa.adult"]); return err })
	wantFault(t, err, fault.Conflict, "")
	wantFault(t, w.AnswerByLink(t.Context(), links["asa.adult"], w.said(poll, "yyy")), fault.Conflict, "")
	wantFault(t, w.SendNewLink(t.Context(), links["asa.adult"]), fault.Conflict, "")
	if n := scan[int](w, `select count(*) from date_answer`); n != 0 {
		t.Errorf("%d answers are kept", n)
	}
}
