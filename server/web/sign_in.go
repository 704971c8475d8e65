package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/views/account"
	"quorate/frontend/views/layout"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func signInURL(next string) string {
	if next == "" || next == "/" {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {next}}.Encode()
}

// localPath is next when it is a path of this site, else Home: a link must not lead elsewhere.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") {
		return "/"
	}
	return next
}

// askToSignIn sends a reader to sign in and back again. A form that was being sent is not lost: its
// fields travel through the sign-in page and are offered again after it.
func (s *Site) askToSignIn(c *fiber.Ctx) error {
	if c.Method() == fiber.MethodGet {
		return c.Redirect(signInURL(c.OriginalURL()), http.StatusSeeOther)
	}
	kept := account.KeptForm{Action: c.OriginalURL(), Body: string(c.Body())}
	if was := session(c).Was; was != uuid.Nil {
		kept.Person = was.String()
	}
	return s.showSignIn(c, http.StatusUnauthorized, account.SignIn{Kept: &kept}, nil)
}

func (s *Site) showSignIn(c *fiber.Ctx, code int, form account.SignIn, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Sign in"}
	if problem != nil {
		info.Errors = problem.Fields
		if len(problem.Fields) == 0 {
			info.Errors = []fault.Field{{Name: "email", Sentence: problem.Sentence}}
		}
	}
	if s.Demo {
		cards, err := s.demoCards(c.UserContext())
		if err != nil {
			return err
		}
		form.Cards = cards
	}
	form.Problems = info.Errors
	return s.render(c, access.SignedOut, code, info, account.SignInPage(form))
}

func (s *Site) signInPage(c *fiber.Ctx, actor access.Actor) error {
	next := localPath(c.Query("next"))
	if actor.IsPerson() {
		return c.Redirect(next, http.StatusSeeOther)
	}
	return s.showSignIn(c, http.StatusOK, account.SignIn{Next: next}, nil)
}

func (s *Site) signIn(c *fiber.Ctx, _ access.Actor) error {
	if inPlace(c) {
		return s.signInAgain(c)
	}
	form := account.SignIn{Email: c.FormValue("email"), Next: localPath(c.FormValue("next")), Kept: keptForm(c)}
	opened, err := s.Auth.SignIn(c.UserContext(), form.Email, c.FormValue("password"), device(c), s.address(c))
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooMany) {
		return s.showSignIn(c, status(f.Kind), form, f)
	}
	if err != nil {
		return err
	}
	return s.signedIn(c, opened, form)
}

// demoSignIn opens a session for the person of a role card.
func (s *Site) demoSignIn(c *fiber.Ctx, _ access.Actor) error {
	id, err := uuid.Parse(c.FormValue("person"))
	if err != nil {
		return pageNotFound()
	}
	opened, err := s.Auth.SignInAs(c.UserContext(), id, device(c))
	if err != nil {
		return err
	}
	if inPlace(c) {
		return s.signedInAgain(c, opened)
	}
	return s.signedIn(c, opened, account.SignIn{Next: localPath(c.FormValue("next")), Kept: keptForm(c)})
}

func (s *Site) signedIn(c *fiber.Ctx, opened auth.Session, form account.SignIn) error {
	if err := s.Auth.SignOut(c.UserContext(), session(c)); err != nil { // one session a browser
		return err
	}
	c.Cookie(s.cookie(s.cookieName(), opened.Token, auth.RememberedFor))
	if form.Kept == nil {
		return c.Redirect(form.Next, http.StatusSeeOther)
	}
	typedBy := form.Kept.Person
	if typedBy != "" && typedBy != opened.Actor.PersonID.String() {
		c.Locals(sessionLocal, opened)
		return s.render(c, opened.Actor, http.StatusOK, layout.PageInfo{Title: "Somebody else typed this"}, account.NotYoursPage())
	}
	fields, err := url.ParseQuery(form.Kept.Body)
	if err != nil {
		return c.Redirect(localPath(form.Kept.Action), http.StatusSeeOther)
	}
	c.Locals(sessionLocal, opened)
	return s.render(c, opened.Actor, http.StatusOK, layout.PageInfo{Title: "You are signed in again"},
		account.ContinuePage(localPath(form.Kept.Action), account.FieldsOf(fields), typedBy != ""))
}

// inPlace reports whether a page asks its reader to sign in without leaving it: the meeting room does.
func inPlace(c *fiber.Ctx) bool { return c.Get(fiber.HeaderAccept) == fiber.MIMEApplicationJSON }

// signInAgain answers a page that asked its own reader to sign in again.
func (s *Site) signInAgain(c *fiber.Ctx) error {
	person, err := uuid.Parse(c.FormValue("person"))
	if err != nil {
		return pageNotFound()
	}
	opened, err := s.Auth.SignInAgain(c.UserContext(), person, c.FormValue("email"), c.FormValue("password"), device(c), s.address(c))
	if f := fault.As(err); f != nil {
		fields := fiber.Map{}
		for _, field := range f.Fields {
			fields[field.Name] = field.Sentence
		}
		return c.Status(status(f.Kind)).JSON(fiber.Map{"sentence": f.Sentence, "fields": fields})
	}
	if err != nil {
		return err
	}
	return s.signedInAgain(c, opened)
}

func (s *Site) signedInAgain(c *fiber.Ctx, opened auth.Session) error {
	if err := s.Auth.SignOut(c.UserContext(), session(c)); err != nil { // one session a browser
		return err
	}
	c.Cookie(s.cookie(s.cookieName(), opened.Token, auth.RememberedFor))
	return c.SendStatus(http.StatusNoContent)
}

func keptForm(c *fiber.Ctx) *account.KeptForm {
	if action := c.FormValue("kept_action"); action != "" {
		return &account.KeptForm{Action: localPath(action), Body: c.FormValue("kept_body"), Person: c.FormValue("kept_person")}
	}
	return nil
}

func (s *Site) signOut(c *fiber.Ctx, _ access.Actor) error {
	if err := s.Auth.SignOut(c.UserContext(), session(c)); err != nil {
		return err
	}
	c.Cookie(s.cookie(s.cookieName(), "", 0))
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect("/sign-in", http.StatusSeeOther)
}

// device says in words what somebody signs in with, for the list of their sign-ins.
func device(c *fiber.Ctx) string {
	agent := c.Get(fiber.HeaderUserAgent)
	return firstOf(agent, "a browser", "Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari") + " on " +
		firstOf(agent, "a computer", "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "Linux", "Linux")
}

func firstOf(text, otherwise string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(text, pairs[i]) {
			return pairs[i+1]
		}
	}
	return otherwise
}
