package inbound_test

import (
	"context"
	"net/smtp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/inbound"
)

// report is what a mail server writes about a message that it could not deliver (RFC 3464).
func report(status string) string {
	return strings.ReplaceAll(`From: MAILER-DAEMON@mail.example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I am sorry to inform you.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Thu, 26 Nov 2026 09:31:00 +0000

`+status+`
--b1
Content-Type: text/rfc822-headers

Subject: Invitation

--b1--
`, "\n", "\r\n")
}

const noSuchUser = `Final-Recipient: rfc822; kamal.reeve@example.org
Action: failed
Status: 5.1.1 (no such user)
Diagnostic-Code: smtp; 550 5.1.1 <kamal.reeve@example.org>: Recipient address
    rejected: User unknown
`

// Mail servers write reports in many ways; one that is misread marks an address that works, or leaves one
// marked that is dead.
func TestReportsAreReadAsMailServersWriteThem(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		mail string
		want notify.Report
	}{
		"Postfix":        {report(noSuchUser), notify.Report{Action: "failed", Status: "5.1.1", Says: "550 5.1.1 <kamal.reeve@example.org>: Recipient address rejected: User unknown"}},
		"a delay":        {report("Final-Recipient: rfc822; a@example.org\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Mon, 30 Nov 2026 09:31:00 +0000\n"), notify.Report{Action: "delayed", Status: "4.4.1"}},
		"capitals":       {report("final-recipient: RFC822; a@example.org\nACTION: Failed\nSTATUS: 5.2.2\ndiagnostic-code: SMTP;552 full\n"), notify.Report{Action: "failed", Status: "5.2.2", Says: "552 full"}},
		"two recipients": {report("Final-Recipient: rfc822; a@example.org\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.4.4\n"), notify.Report{Action: "failed", Status: "5.4.4"}},
		"base64":         {strings.Replace(report("QWN0aW9uOiBmYWlsZWQNClN0YXR1czogNS4xLjENCg==\n"), "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.org\r\nArrival-Date: Thu, 26 Nov 2026 09:31:00 +0000\r\n\r\n", "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1), notify.Report{Action: "failed", Status: "5.1.1"}},
		"in UTF-8":       {strings.Replace(report(noSuchUser), "message/delivery-status", "message/global-delivery-status", 1), notify.Report{Action: "failed", Status: "5.1.1", Says: "550 5.1.1 <kamal.reeve@example.org>: Recipient address rejected: User unknown"}},
	} {
		got, err := inbound.ReadReport(strings.NewReader(c.mail))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", what, err, diff)
		}
	}
	for what, mail := range map[string]string{
		"a holiday notice":       "Subject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday. Status: 5.1.1\r\n",
		"a read receipt":         strings.Replace(report(noSuchUser), "report-type=delivery-status", "report-type=disposition-notification", 1),
		"no status":              report("Final-Recipient: rfc822; a@example.org\nAction: failed\n"),
		"a status that is none":  report("Action: failed\nStatus: dead\n"),
		"no part with a status":  strings.Replace(report(noSuchUser), "message/delivery-status", "text/plain", 1),
		"cut off":                report(noSuchUser)[:300],
		"nothing":                "",
		"a report inside a mail": "Content-Type: message/rfc822\r\n\r\n" + report(noSuchUser),
	} {
		if got, err := inbound.ReadReport(strings.NewReader(mail)); err == nil {
			t.Errorf("%s is read as %+v", what, got)
		}
	}
}

// An invitation that bounces: the address is marked by what comes back to the address made for that very
// message. Whoever makes one up, or writes to it something else, changes nothing.
func TestAnInvitationThatBouncesMarksItsReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.post.Returns = "reply.example.org"
	failing := func() (n int) {
		w.must(w.DB.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
			return tx.Raw(`select count(*) from failing_address where person_id = ?`, w.health.ID).Row().Scan(&n)
		}))
		return n
	}
	returns := &returnsOf{Driver: w.post.Driver, of: w.health.Email}
	w.post.Driver = returns
	w.tell()
	w.must(w.invites.SendAgain(t.Context(), w.clerk, w.meeting.ID, w.health.ID))
	w.must(w.post.DrainDue(t.Context()))
	if returns.to == "" {
		t.Fatal("health was sent nothing")
	}
	bring := func(to, mail string) error {
		return smtp.SendMail(w.address, nil, "", []string{to}, []byte(mail))
	}
	forged := "bounce-" + strings.Repeat("a", 26) + "@reply.example.org"
	for what, err := range map[string]error{
		"a forged bounce":  bring(forged, report(noSuchUser)),
		"a holiday notice": bring(returns.to, "Subject: Away\r\n\r\nBack on Monday.\r\n"),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "55") {
			t.Errorf("%s is answered %v", what, err)
		}
	}
	w.must(bring(returns.to, report("Final-Recipient: rfc822; x@example.org\nAction: delayed\nStatus: 4.4.1\n")))
	if failing() != 0 {
		t.Fatal("a delay, a holiday notice or a forgery marks an address")
	}
	w.must(bring(strings.ToUpper(returns.to), report(noSuchUser)))
	if failing() != 1 {
		t.Error("a bounce marks nothing")
	}
}

// returnsOf notes where mail to somebody comes back to.
type returnsOf struct {
	notify.Driver
	of, to string
}

func (r *returnsOf) Deliver(ctx context.Context, m notify.Message) error {
	if m.To == r.of {
		r.to = m.ReturnTo
	}
	return r.Driver.Deliver(ctx, m)
}
