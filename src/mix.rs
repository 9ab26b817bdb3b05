//! Numbers that look random and never change.

/// Between two states of SplitMix64: the golden ratio's share of 2⁶⁴, whose multiples fall evenly.
pub(crate) const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// What SplitMix64 gives in the state `input` (Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, 2014): every bit of the input
/// spread over the output. Its next state is `input` and [`STEP`] more.
pub(crate) fn mix(input: u64) -> u64 {
    let mut z = input.wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
