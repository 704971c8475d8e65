package web

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whoever pasted a whole report must be told so, not that Quorate is broken.
func TestAFormThatIsTooLargeIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.post("Cleo", "/cases", "search", strings.Repeat("x", defaultForm)), 413, "That is too large", "shorten it and send it again", "Sign out")
	want(t, h.post("", "/cases", "search", strings.Repeat("x", defaultForm)), 413, "That is too large")
	want(t, h.post("Cleo", "/cases", "search", strings.Repeat("x", defaultForm/2)), 200)
}

func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.post("Cleo", "/cases", "search", "Ro\x00sa"), 200, "No case you may see matches") // nothing of a search is kept
	want(t, h.get("Cleo", "/cases?locality=%00"), 422, "holds a character that cannot be kept")
	want(t, h.get("Cleo", "/cases?locality=%FF"), 422, "holds a character that cannot be kept")
}

// A link in somebody's mail must not lead from the sign-in page to a page that only looks like ours.
func TestSigningInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for next, leads := range map[string]string{
		"/meetings?month=2026-12": "/meetings?month=2026-12", "//evil.example.org": "/", `/\evil.example.org`: "/", "https://evil.example.org/": "/",
		"///evil.example.org": "/", "javascript:alert(1)": "/", "/\t/evil.example.org": "/", "/\r\nSet-Cookie: a=b": "/", " //evil.example.org": "/", "": "/",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sign-in", nil)
		query := r.URL.Query()
		query.Set("next", next)
		r.URL.RawQuery = query.Encode()
		r.RequestURI = r.URL.RequestURI()
		if got := h.send("Cleo", r); got.Code != 303 || got.Header().Get("Location") != leads {
			t.Errorf("%q leads to %q, want %q", next, got.Header().Get("Location"), leads)
		}
		if got := localPath(next); got != leads {
			t.Errorf("a kept form for %q would go to %q, want %q", next, got, leads)
		}
	}
}

// A cookie is the reader's own to write: what it says must never run.
func TestAForgedNoticeIsOnlyText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(`<script src="/x.js"></script>`))})
	page := h.send("Cleo", r)
	want(t, page, 200, "&lt;script src=")
	wantNot(t, page, `<script src="/x.js">`)
}

// Outside the demo nobody signs in without a password, or reads anybody's mail.
func TestTheDemosPagesAreTheDemosAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.post("", "/demo/sign-in", "person", h.seats()[0].ID.String()), 404)
	want(t, h.get("Ada", "/mailbox"), 404)
	want(t, h.get("Ada", "/mailbox/0199aaaa-0000-7000-8000-000000000000/html"), 404)
	want(t, h.get("Cleo", "/demo/messy-tracker.xlsx"), 404)
}

// Case pages must not stay in the browser of a shared desk, and its cookies are for this site's own pages.
func TestPagesAreNotKeptAndCookiesAreOurs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/", "/cases", "/sign-in", "/meetings", "/nowhere"} {
		page := h.get("Cleo", path)
		if kept := page.Header().Get("Cache-Control"); kept != "no-store" {
			t.Errorf("%s may be kept: %q", path, kept)
		}
		for _, needed := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if policy := page.Header().Get("Content-Security-Policy"); !strings.Contains(policy, needed) || strings.Contains(policy, "unsafe") {
				t.Errorf("%s: the policy is %q", path, policy)
			}
		}
	}
	cookies := h.post("Cleo", "/sign-out").Result().Cookies()
	if len(cookies) == 0 {
		t.Fatal("signing out ends no cookie")
	}
	for _, cookie := range cookies {
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Domain != "" || cookie.Path != "/" {
			t.Errorf("cookie %+v", cookie)
		}
	}
	if again := h.get("Cleo", "/"); again.Code != 303 {
		t.Errorf("the session is still open: %d", again.Code)
	}
}
