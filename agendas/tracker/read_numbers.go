package tracker

import (
	"strings"
	"unicode"
)

// notKnownSoFar follows a problem with a value that is left out.
const notKnownSoFar = " It is recorded as Not known."

// digitsOf is a number without the spaces and hyphens people group it by, nor the .0 of a float.
func digitsOf(shown string) string {
	if m := floatReference.FindStringSubmatch(shown); m != nil {
		shown = m[1]
	}
	return strings.Map(func(letter rune) rune {
		if unicode.IsSpace(letter) || letter == '-' || letter == '–' || letter == '.' {
			return -1
		}
		return letter
	}, shown)
}

// readNHSNumber reads ten digits, the last of which checks the others (modulus 11, as the NHS Data
// Dictionary sets it). One that fails is somebody else's or nobody's, and is not kept.
func readNHSNumber(shown string) (number, problem string) {
	const mend = " Check it and enter its 10 digits, like 943 476 5919."
	number = digitsOf(shown)
	if len(number) != 10 || strings.Trim(number, "0123456789") != "" {
		return "", "This is not an NHS number, which has 10 digits." + mend
	}
	sum := 0
	for i := range 9 {
		sum += int(number[i]-'0') * (10 - i)
	}
	if check := (11 - sum%11) % 11; check == 10 || check != int(number[9]-'0') || number == "0000000000" {
		return "", "This is not an NHS number: its last digit does not match the others, so a digit is wrong." + mend
	}
	return number, ""
}

// sayNHSNumber groups an NHS number as people read it: 943 476 5919.
func sayNHSNumber(number string) string {
	if len(number) != 10 {
		return number
	}
	return number[:3] + " " + number[3:6] + " " + number[6:]
}

// readUPN reads a unique pupil number: a letter that checks the rest, eleven digits, and a digit or, in
// a temporary one, a letter (modulus 23, as the Department for Education sets it).
func readUPN(shown string) (upn, problem string) {
	const (
		mend    = " Check it and enter it like H801200001001."
		letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
	)
	upn = strings.ToUpper(digitsOf(shown))
	if len(upn) != 13 {
		return "", "This is not a UPN, which has a letter and 12 more characters." + mend
	}
	sum := 0
	for i := 1; i < len(upn); i++ {
		value := strings.IndexByte("0123456789", upn[i])
		if value < 0 && i == 12 {
			value = strings.IndexByte(letters, upn[i])
		}
		if value < 0 {
			return "", "This is not a UPN, which has a letter and 12 more characters." + mend
		}
		sum += value * (i + 1)
	}
	if letters[sum%23] != upn[0] {
		return "", "This is not a UPN: its first letter does not match the rest, so a character is wrong." + mend
	}
	return upn, ""
}
