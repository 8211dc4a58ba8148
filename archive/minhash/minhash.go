// Package minhash tells how much two texts have in common, and finds the texts of a large collection that have much
// in common without comparing each with each.
//
// Texts are compared by their shingles, the sets of all sequences of five characters: Similarity is how many both have in
// relation to how many either has (Jaccard). Characters are taken as a search takes them: traditional for simplified, full
// width for half width, capitals for small letters; blanks and signs do not count.
//
// A Sketch sums up a set in 128 bytes (MinHash by one permutation, densified; Shrivastava, "Optimal Densification for Fast and Accurate
// Minwise Hashing", 2017). Two texts are worth comparing when any of the 32 bands of their sketches are equal, each of
// which stands for four of 128 minima: with a similarity of s that is so with a chance of 1-(1-s⁴)³², 0.99999 for 0.8, 0.99 for 0.6,
// 0.23 for 0.3 (Leskovec et al., "Mining of Massive Datasets", section 3.4).
//
// It knows strings only. Sketches are kept for years: what they are made of may not change without another Version.
package minhash

import (
	"encoding/binary"
	"slices"
	"unicode"

	"campusnews/archive/bigram"
)

// Version is of the way in which sketches are made. Those of different versions cannot be compared.
const Version = 1

// Bands is how many numbers a sketch has.
const Bands = 32

const (
	shingle = 5 // characters
	rows    = 4 // minima a band
	bins    = Bands * rows
)

// A Sketch is Bands numbers, each 32 bits; texts with much in common share some, in the same place.
type Sketch [Bands]uint32

// Bytes is the sketch as it is stored, little-endian.
func (s Sketch) Bytes() []byte {
	b := make([]byte, 0, 4*Bands)
	for _, band := range s {
		b = binary.LittleEndian.AppendUint32(b, band)
	}
	return b
}

// Band reads band i of a stored sketch; ok is false for bytes that are none.
func Band(stored []byte, i int) (band uint32, ok bool) {
	if len(stored) != 4*Bands {
		return 0, false
	}
	return binary.LittleEndian.Uint32(stored[4*i:]), true
}

// A Set is the shingles of a text: their hashes, ascending, each once.
type Set []uint64

// SetOf gives a text's shingles. A text of less than five letters, digits or characters has one, all of it; one without any has none.
func SetOf(text string) Set {
	runes := make([]uint64, 0, len(text)/3)
	for _, r := range bigram.Fold(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			runes = append(runes, uint64(r))
		}
	}
	if len(runes) == 0 {
		return nil
	}
	n := max(1, len(runes)-shingle+1)
	set := make(Set, n)
	for i := range set {
		h := uint64(len(runes[i:min(i+shingle, len(runes))]))
		for _, r := range runes[i:min(i+shingle, len(runes))] {
			h = h*0x9e3779b97f4a7c15 + r
		}
		set[i] = spread(h)
	}
	slices.Sort(set)
	return slices.Clip(slices.Compact(set))
}

// spread is the finalizer of SplitMix64 (Steele, Lea, Flood 2014): each bit of x decides over all bits of the result.
func spread(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Sum is a number that equal sets share and different ones, but for one pair in 2⁶⁴, do not.
func (s Set) Sum() uint64 {
	sum := uint64(len(s))
	for _, h := range s {
		sum = spread(sum ^ h)
	}
	return sum
}

// Sketch sums the set up. That of an empty set is all zero.
func (s Set) Sketch() (sketch Sketch) {
	if len(s) == 0 {
		return sketch
	}
	var least [bins]uint64
	var filled [bins]bool
	for _, h := range s {
		// The set is ascending and its upper bits say the bin, so the first in a bin is the least.
		if bin := h >> 57; !filled[bin] {
			least[bin], filled[bin] = h, true
		}
	}
	var minima [bins]uint64
	for i := range minima {
		from := uint64(i)
		for attempt := uint64(1); !filled[from]; attempt++ {
			from = spread(uint64(i)<<32|attempt) >> 57 // an empty bin borrows from another, the same for all texts
		}
		minima[i] = least[from]
	}
	for band := range sketch {
		h := uint64(band)
		for _, m := range minima[band*rows : (band+1)*rows] {
			h = spread(h ^ m)
		}
		sketch[band] = uint32(h)
	}
	return sketch
}

// Similarity is the share of both sets' shingles that they have in common, from 0 to 1; of two empty ones it is 0.
func (s Set) Similarity(t Set) float64 {
	common := 0
	for i, j := 0, 0; i < len(s) && j < len(t); {
		switch {
		case s[i] < t[j]:
			i++
		case s[i] > t[j]:
			j++
		default:
			common++
			i++
			j++
		}
	}
	if common == 0 {
		return 0
	}
	return float64(common) / float64(len(s)+len(t)-common)
}
