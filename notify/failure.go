package notify

import (
	"errors"
	"time"
)

// Failure says why a message was not taken.
type Failure struct {
	Kind FailureKind
	Wait time.Duration // how long to leave it, when the other side said so; nought: it did not
	Err  error         // what it said
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return string(f.Kind)
	}
	return f.Err.Error()
}

func (f *Failure) Unwrap() error { return f.Err }

// FailureKind is a kind of failure. It says whose trouble it is: the reader's address, this one message,
// or the mail server, for which all mail waits.
type FailureKind string

// The failures of an address. It is marked, and nothing more goes there.
const (
	NoSuchAddress FailureKind = "no_such_address"
	Disabled      FailureKind = "disabled"
	Unroutable    FailureKind = "unroutable" // nobody takes mail for what stands after the at sign
	MailboxFull   FailureKind = "mailbox_full"
	AddressFails  FailureKind = "address_fails" // it is marked already: not even tried
)

// The failures of one message.
const (
	TooLarge   FailureKind = "too_large"
	Refused    FailureKind = "refused" // for a reason that is neither the address nor the size
	Busy       FailureKind = "busy"    // not now, said of this address or this message
	BrokenOff  FailureKind = "broken_off"
	Unwritten  FailureKind = "unwritten" // ours: it could not be written
	TriedLong  FailureKind = "tried_long"
	CameBack   FailureKind = "came_back" // it was taken, and returned later
	GaveUpLate FailureKind = "gave_up"   // the servers on its way tried for days
)

// The failures of the mail server, or of how it is set up here.
const (
	Unreachable   FailureKind = "unreachable"
	NotSafe       FailureKind = "not_safe"       // TLS is not offered, or its certificate is not to be trusted
	SignInRefused FailureKind = "sign_in"        // the user name and password, or the key
	SenderRefused FailureKind = "sender_refused" // QUORATE_MAIL_FROM may not be sent from
	ServerBusy    FailureKind = "server_busy"
	LimitReached  FailureKind = "limit" // so many a minute, or a day
	ClockWrong    FailureKind = "clock"
)

type failureRule struct {
	says      string // in plain words, what happened
	mend      string // and what an administrator can do
	permanent bool   // trying again cannot mend it
	address   bool   // the address is marked
	server    bool   // all mail waits
	atOnce    bool   // administrators are told at once: it does not end by itself
}

var failureRules = map[FailureKind]failureRule{
	NoSuchAddress: {"There is no such mailbox", "Correct the person’s email address, then send it again", true, true, false, false},
	Disabled:      {"The mailbox is switched off", "Ask the person or their agency whether the address is still theirs", true, true, false, false},
	Unroutable:    {"No mail server takes mail for this address", "Check the part after the @ sign, then send it again", true, true, false, false},
	MailboxFull:   {"The mailbox is full", "Ask the person to make room, then send it again", true, true, false, false},
	AddressFails:  {"Not tried: mail to this address came back before", "Correct the address, or send it again to try it once more", true, false, false, false},

	TooLarge:   {"The message is too large for their mail server", "The person can read the same in Quorate", true, false, false, false},
	Refused:    {"Their mail server refused the message", "Read what it said, and ask whoever runs it", true, false, false, false},
	Busy:       {"Their mail server asked to try again later", "Quorate tries again by itself", false, false, false, false},
	BrokenOff:  {"The line was lost while the message was sent", "Quorate tries again by itself", false, false, false, false},
	Unwritten:  {"Quorate could not write the message", "Look in the log, then send it again", false, false, false, false},
	TriedLong:  {"It was tried for three days and never taken", "Read what the mail server said, then send it again", true, false, false, false},
	CameBack:   {"It was taken and came back", "Read what the mail server said, then send it again", true, false, false, false},
	GaveUpLate: {"The mail servers on its way tried for days and gave up", "Ask the person whether their mail works, then send it again", true, false, false, false},

	Unreachable:   {"The mail server does not answer", "Check QUORATE_SMTP_URL, the network and the firewall", false, false, true, false},
	NotSafe:       {"No safe line to the mail server can be made (TLS)", "Check its certificate, or ?tls= in QUORATE_SMTP_URL", false, false, true, true},
	SignInRefused: {"The mail server does not accept our name and password, or our key", "Correct them in QUORATE_SMTP_URL or QUORATE_NOTIFY_KEY and restart Quorate", false, false, true, true},
	SenderRefused: {"The mail server does not let us send from our address", "Ask whoever runs it to allow QUORATE_MAIL_FROM, or change it", false, false, true, true},
	ServerBusy:    {"The mail server is busy or being repaired", "Quorate asks again by itself", false, false, true, false},
	LimitReached:  {"The limit of messages is reached", "Quorate goes on when it ends; ask GOV.UK Notify for a higher one", false, false, true, true},
	ClockWrong:    {"This server’s clock is wrong, so its keys are refused", "Set the clock: it may be 30 seconds out at most", false, false, true, true},
}

// Permanent reports whether trying again cannot mend it.
func (k FailureKind) Permanent() bool { return failureRules[k].permanent }

// OfAddress reports whether it is the address that fails, so that nothing more is sent there.
func (k FailureKind) OfAddress() bool { return failureRules[k].address }

// OfServer reports whether all mail waits for it.
func (k FailureKind) OfServer() bool { return failureRules[k].server }

// Words say what happened, for people.
func (k FailureKind) Words() string { return failureRules[k].says }

// Mend says what an administrator can do about it.
func (k FailureKind) Mend() string { return failureRules[k].mend }

// failureOf is what a driver's error comes to. Permanent is a refusal of this one message; what says
// nothing of itself is a line that broke.
func failureOf(err error) *Failure {
	var told *Failure
	if errors.As(err, &told) {
		return told
	}
	var permanent Permanent
	if errors.As(err, &permanent) {
		return &Failure{Kind: Refused, Err: err}
	}
	return &Failure{Kind: BrokenOff, Err: err}
}
