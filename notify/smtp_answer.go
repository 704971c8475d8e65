package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"
)

// enhanced is the status code of RFC 3463 that many servers put in front of their words.
var enhanced = regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3})\b`)

// stage is how far a conversation had come (RFC 5321).
type stage int

const (
	begins    stage = iota // greeting, EHLO, STARTTLS
	signsIn                // AUTH
	fromStage              // MAIL FROM
	toStage                // RCPT TO
	content                // DATA and what follows
)

// answered reads an answer of the mail server by RFC 5321 and RFC 3463. Until the recipient is named an answer
// is about us and the server: then all mail waits, and nothing is lost by waiting. From then on it is about
// one address or one message. A code and an enhanced code that contradict each other are taken as “not now”.
func answered(at stage, code int, words string, err error) *Failure {
	class, subject, detail := code/100, "", ""
	if e := enhanced.FindStringSubmatch(words); e != nil {
		subject, detail = e[2], e[3]
		if e[1] == "4" && class == 5 {
			class = 4
		}
	}
	status := subject + "." + detail
	fail := func(kind FailureKind) *Failure { return &Failure{Kind: kind, Err: err} }
	tooLarge := class == 5 && (status == "3.4" || status == "2.3" || code == 552 && subject == "")
	switch {
	case code == 421: // it closes the line, whatever we were saying
		return fail(ServerBusy)
	case at == signsIn && class == 4:
		return fail(ServerBusy)
	case at == signsIn, code == 530, code == 535, code == 534, code == 538:
		return fail(SignInRefused)
	case at == begins && strings.Contains(strings.ToUpper(words), "TLS"):
		return fail(NotSafe)
	case at == begins:
		return fail(ServerBusy)
	case at == fromStage && tooLarge:
		return fail(TooLarge)
	case at == fromStage && class == 4:
		return fail(ServerBusy)
	case at == fromStage:
		return fail(SenderRefused)
	case class == 4:
		return fail(Busy)
	case class != 5:
		return fail(BrokenOff) // no answer that the protocol knows
	case tooLarge && at == content, status == "3.4", status == "2.3":
		return fail(TooLarge)
	}
	return fail(ofStatus(at == toStage, code, subject, detail))
}

// ofStatus is what a final answer means, or a bounce's status. Without an enhanced code an answer to the
// recipient's name is about the mailbox, as RFC 5321 means 550, 551 and 553 there.
func ofStatus(toRecipient bool, code int, subject, detail string) FailureKind {
	switch subject {
	case "1":
		switch detail {
		case "2", "10":
			return Unroutable
		case "7", "8": // of the sender
			return Refused
		}
		return NoSuchAddress
	case "2":
		switch detail {
		case "1":
			return Disabled
		case "2":
			return MailboxFull
		case "3":
			return TooLarge
		}
		return Refused
	case "3":
		if detail == "4" {
			return TooLarge
		}
		return Refused
	case "4":
		if detail == "7" {
			return GaveUpLate
		}
		return Unroutable
	case "":
		if toRecipient && (code == 550 || code == 551 || code == 553) {
			return NoSuchAddress
		}
	}
	return Refused
}

// smtpFailure is what the library's error comes to, from reaching the server to its last word.
func smtpFailure(err error) *Failure {
	var refused *mail.SendError
	if errors.As(err, &refused) {
		at := map[mail.SendErrReason]stage{
			mail.ErrSMTPMailFrom: fromStage, mail.ErrSMTPRcptTo: toStage, mail.ErrSMTPData: content, mail.ErrSMTPDataClose: content, mail.ErrWriteContent: content,
		}
		where, known := at[refused.Reason]
		if code := refused.ErrorCode(); known && code != 0 {
			said := wordsAfterCode(refused.Error(), code)
			return answered(where, code, said, fmt.Errorf("%d %s", code, said))
		}
		err = errors.New(withoutReader(refused.Error()))
		switch refused.Reason {
		case mail.ErrGetSender, mail.ErrGetRcpts, mail.ErrNoUnencoded:
			return &Failure{Kind: Refused, Err: err}
		case mail.ErrSMTPMailFrom, mail.ErrConnCheck:
			return &Failure{Kind: Unreachable, Err: err}
		}
		return &Failure{Kind: BrokenOff, Err: err}
	}
	signingIn := strings.HasPrefix(err.Error(), "SMTP AUTH failed: ")
	var said *textproto.Error
	if errors.As(err, &said) {
		if signingIn {
			return answered(signsIn, said.Code, said.Msg, said)
		}
		return answered(begins, said.Code, said.Msg, said)
	}
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &record), errors.As(err, &alert),
		strings.HasPrefix(err.Error(), "STARTTLS mode set to"):
		return &Failure{Kind: NotSafe, Err: err}
	case signingIn, errors.Is(err, mail.ErrNoSupportedAuthDiscovered), strings.Contains(err.Error(), "SMTP AUTH"):
		return &Failure{Kind: SignInRefused, Err: err}
	}
	return &Failure{Kind: Unreachable, Err: err}
}

// wordsAfterCode are what the server said after its code, without what the library puts round it.
func wordsAfterCode(text string, code int) string {
	_, said, found := strings.Cut(text, fmt.Sprintf("%d ", code))
	if !found {
		return ""
	}
	said = withoutReader(said)
	if plain, err := strconv.Unquote(said); err == nil { // the library quotes some
		said = plain
	}
	return strings.TrimSpace(said)
}

// withoutReader is an error of the library's without the reader's address and the message's id.
func withoutReader(text string) string {
	text, _, _ = strings.Cut(text, ", affected recipient(s): ")
	text, _, _ = strings.Cut(text, ", affected message ID: ")
	return text
}
