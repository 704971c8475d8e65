// Package token makes the secrets that links, feeds and machines are known by.
//
// A token is told once, to whom it is for. What is kept is its digest, so whoever reads the
// database cannot use it.
package token

import (
	"crypto/rand"
	"crypto/sha256"
)

// New is a token nobody can guess (130 bits, letters and digits only) and the digest to keep of it.
func New() (text string, digest []byte) {
	text = rand.Text()
	return text, Digest(text)
}

// Digest is what is kept of a token, and looked up when it is shown. A token is as random as a key,
// so a plain hash is enough: there is nothing to guess from.
func Digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
