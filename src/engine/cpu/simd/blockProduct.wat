;; Products of stored blocks with inputs: two rows at a time are unpacked into codes, scales and lows, and their codes are
;; multiplied as integers. Twin of blockProducts.ts, bit for bit: sums of integers are exact, and those of floats have an order.
;; All parameters are byte offsets into the memory that the caller brings, or counts. Columns come in multiples of 32.
;;
;;   prepare             an input, once for all rows      ► parts of 15 bits, scales, sums
;;   multiply            two rows, one unpacker for both  ► $dot32 or $dot16 with each prepared input
;;   $dot32, $dot16      the product, for groups of 32 or 16 codes; they differ in where a group ends
;;   $Q8_0 … $Q6_K       the unpackers of the formats, which weightFormats.ts defines in TypeScript
;;   $wide16, $wide32    the unpackers of rows that storedProducts.ts unpacked when it read them
;;
;; WebAssembly text has no macros, and a call for every block costs time, so some parts are written out wherever they are used:
;;
;;   half to float32     the sign to bit 31, exponent and fraction 13 bits up: a number 2^112 times too small, as the exponents
;;                       of the two types are counted from 127 and 15; times 2^112 is exact, for subnormal halves too
;;   eight codes         of both rows, times the two parts of eight inputs: $high0, $high1, $low0, $low1 (four times for 32 codes)
;;   fifth bits          each byte of the word eight times over, masked with 1, 2, 4 … 128: 16 where the bit is set
;;
;; To change it: edit blockProducts.ts or weightFormats.ts first, then this text, wherever the part occurs; then compile it with
;; node scripts/run.mjs scripts/buildWasm.ts, which writes blockProductModule.ts. blockProducts.test.ts compares every format
;; with the plain functions, and the compiled module with this text. A new format also needs its place in the table below and
;; in `unpackers` of storedProducts.ts.
(module
  (import "host" "memory" (memory 1))
  ;; row: the stored bytes; codes i8 [column], scales and lows f32 [group]: where they go
  (type $unpack (func (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)))
  ;; In the order of `unpackers` in storedProducts.ts, then those of `wideUnpacker`.
  (table funcref (elem $Q8_0 $Q4_0 $Q4_1 $Q5_0 $Q5_1 $Q4_K $Q5_K $Q6_K $wide16 $wide32))

  ;; (0 + 1) + (2 + 3)
  (func $across (param $lanes v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $lanes)) (f32x4.extract_lane 1 (local.get $lanes)))
      (f32.add (f32x4.extract_lane 2 (local.get $lanes)) (f32x4.extract_lane 3 (local.get $lanes)))))

  ;; An input as integers of 30 bits with a scale for every 32, in two parts of 15 bits, and the sums of every 16.
  ;; input  f32 [column]
  ;; output i16 high [column], i16 low [column], f32 scale [column / 32], f32 sum [column / 16]
  (func (export "prepare") (param $input i32) (param $output i32) (param $columnCount i32)
    (local $low i32) (local $scales i32) (local $sums i32) (local $left i32) (local $at i32)
    (local $most v128) (local $up v128) (local $codes0 v128) (local $codes1 v128) (local $high0 v128) (local $high1 v128)
    (local $largest f32)
    (local.set $low (i32.add (local.get $output) (i32.shl (local.get $columnCount) (i32.const 1))))
    (local.set $scales (i32.add (local.get $low) (i32.shl (local.get $columnCount) (i32.const 1))))
    (local.set $sums (i32.add (local.get $scales) (i32.shr_u (local.get $columnCount) (i32.const 3))))
    (local.set $left (local.get $columnCount))
    (loop $next
      (local.set $most (v128.const f32x4 0 0 0 0))
      (local.set $at (i32.const 0))
      (loop $four
        (local.set $most (f32x4.max (local.get $most) (f32x4.abs (v128.load (i32.add (local.get $input) (local.get $at))))))
        (br_if $four (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (i32.const 128))))
      (local.set $largest (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
        (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most)))))
      ;; Inputs too small to be scaled count as zero; what is not finite stays so.
      (if (f32.gt (local.get $largest) (f32.const 0x1p-96))
        (then
          (f32.store (local.get $scales) (f32.mul (local.get $largest) (f32.const 0x1p-29)))
          (local.set $up (f32x4.splat (f32.div (f32.const 0x1p29) (local.get $largest)))))
        (else
          (f32.store (local.get $scales) (f32.mul (local.get $largest) (f32.const 0)))
          (local.set $up (v128.const f32x4 0 0 0 0))))
      (local.set $at (i32.const 0))
      (loop $eight
        (local.set $codes0 (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $up)
          (v128.load (i32.add (local.get $input) (i32.shl (local.get $at) (i32.const 1))))))))
        (local.set $codes1 (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $up)
          (v128.load offset=16 (i32.add (local.get $input) (i32.shl (local.get $at) (i32.const 1))))))))
        (local.set $high0 (i32x4.shr_s (i32x4.add (local.get $codes0) (i32x4.splat (i32.const 0x4000))) (i32.const 15)))
        (local.set $high1 (i32x4.shr_s (i32x4.add (local.get $codes1) (i32x4.splat (i32.const 0x4000))) (i32.const 15)))
        (v128.store (i32.add (local.get $output) (local.get $at)) (i16x8.narrow_i32x4_s (local.get $high0) (local.get $high1)))
        (v128.store (i32.add (local.get $low) (local.get $at)) (i16x8.narrow_i32x4_s
          (i32x4.sub (local.get $codes0) (i32x4.shl (local.get $high0) (i32.const 15)))
          (i32x4.sub (local.get $codes1) (i32x4.shl (local.get $high1) (i32.const 15)))))
        (br_if $eight (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (i32.const 64))))
      (f32.store (local.get $sums) (call $across (f32x4.add
        (f32x4.add (v128.load (local.get $input)) (v128.load offset=16 (local.get $input)))
        (f32x4.add (v128.load offset=32 (local.get $input)) (v128.load offset=48 (local.get $input))))))
      (f32.store offset=4 (local.get $sums) (call $across (f32x4.add
        (f32x4.add (v128.load offset=64 (local.get $input)) (v128.load offset=80 (local.get $input)))
        (f32x4.add (v128.load offset=96 (local.get $input)) (v128.load offset=112 (local.get $input))))))
      (local.set $input (i32.add (local.get $input) (i32.const 128)))
      (local.set $output (i32.add (local.get $output) (i32.const 64)))
      (local.set $low (i32.add (local.get $low) (i32.const 64)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 32))))))

  ;; output[token][row] = row · input of the token. Two rows at a time; an odd last row is computed twice.
  ;; inputs  as `prepare` writes them, one behind the other
  ;; output  f32 [token][rowCount, rounded up to even]
  ;; scratch i8 codes [2][column], f32 scales [2][column / 16], f32 lows [2][column / 16]
  (func (export "multiply")
    (param $format i32) (param $matrix i32) (param $rowBytes i32) (param $rowCount i32) (param $columnCount i32)
    (param $groupValues i32) (param $hasLows i32) (param $inputs i32) (param $tokenCount i32)
    (param $output i32) (param $scratch i32)
    (local $row i32) (local $row1 i32) (local $codes1 i32) (local $scales0 i32) (local $scales1 i32)
    (local $lows0 i32) (local $lows1 i32) (local $input i32) (local $inputBytes i32) (local $token i32) (local $to i32)
    (local $stride i32)
    (local.set $codes1 (i32.add (local.get $scratch) (local.get $columnCount)))
    (local.set $scales0 (i32.add (local.get $codes1) (local.get $columnCount)))
    (local.set $scales1 (i32.add (local.get $scales0) (i32.shr_u (local.get $columnCount) (i32.const 2))))
    (local.set $lows0 (i32.add (local.get $scales1) (i32.shr_u (local.get $columnCount) (i32.const 2))))
    (local.set $lows1 (i32.add (local.get $lows0) (i32.shr_u (local.get $columnCount) (i32.const 2))))
    (local.set $inputBytes (i32.add (i32.shl (local.get $columnCount) (i32.const 2)) (i32.add
      (i32.shr_u (local.get $columnCount) (i32.const 3)) (i32.shr_u (local.get $columnCount) (i32.const 2)))))
    (local.set $stride (i32.shl (i32.and (i32.add (local.get $rowCount) (i32.const 1)) (i32.const -2)) (i32.const 2)))
    (loop $pair
      (local.set $row1 (i32.add (local.get $matrix)
        (select (local.get $rowBytes) (i32.const 0) (i32.lt_u (i32.add (local.get $row) (i32.const 1)) (local.get $rowCount)))))
      (call_indirect (type $unpack) (local.get $matrix) (local.get $scratch) (local.get $scales0) (local.get $lows0)
        (local.get $columnCount) (local.get $format))
      (call_indirect (type $unpack) (local.get $row1) (local.get $codes1) (local.get $scales1) (local.get $lows1)
        (local.get $columnCount) (local.get $format))
      (local.set $token (i32.const 0))
      (local.set $input (local.get $inputs))
      (local.set $to (i32.add (local.get $output) (i32.shl (local.get $row) (i32.const 2))))
      (loop $next
        (if (i32.eq (local.get $groupValues) (i32.const 32))
          (then (call $dot32 (local.get $scratch) (local.get $scales0) (local.get $lows0)
            (local.get $codes1) (local.get $scales1) (local.get $lows1)
            (local.get $input) (local.get $columnCount) (local.get $hasLows) (local.get $to)))
          (else (call $dot16 (local.get $scratch) (local.get $scales0) (local.get $lows0)
            (local.get $codes1) (local.get $scales1) (local.get $lows1)
            (local.get $input) (local.get $columnCount) (local.get $hasLows) (local.get $to))))
        (local.set $input (i32.add (local.get $input) (local.get $inputBytes)))
        (local.set $to (i32.add (local.get $to) (local.get $stride)))
        (br_if $next (i32.lt_u (local.tee $token (i32.add (local.get $token) (i32.const 1))) (local.get $tokenCount))))
      (local.set $matrix (i32.add (local.get $matrix) (i32.shl (local.get $rowBytes) (i32.const 1))))
      (br_if $pair (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 2))) (local.get $rowCount)))))

  ;; Two rows of codes in groups of 32 times one prepared input.
  (func $dot32
    (param $codes0 i32) (param $scales0 i32) (param $lows0 i32) (param $codes1 i32) (param $scales1 i32) (param $lows1 i32)
    (param $input i32) (param $columnCount i32) (param $hasLows i32) (param $output i32)
    (local $low i32) (local $inputScales i32) (local $sums i32) (local $left i32)
    (local $c0 v128) (local $c1 v128) (local $a v128)
    (local $high0 v128) (local $high1 v128) (local $low0 v128) (local $low1 v128) (local $sum0 v128) (local $sum1 v128)
    (local $rest0 f32) (local $rest1 f32) (local $scale f32) (local $sum f32)
    (local.set $low (i32.add (local.get $input) (i32.shl (local.get $columnCount) (i32.const 1))))
    (local.set $inputScales (i32.add (local.get $low) (i32.shl (local.get $columnCount) (i32.const 1))))
    (local.set $sums (i32.add (local.get $inputScales) (i32.shr_u (local.get $columnCount) (i32.const 3))))
    (local.set $left (local.get $columnCount))
    (loop $next
      (local.set $scale (f32.load (local.get $inputScales)))
      (local.set $c0 (v128.load8x8_s offset=0 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=0 (local.get $codes1)))
      (local.set $a (v128.load offset=0 (local.get $input)))
      (local.set $high0 (i32x4.dot_i16x8_s (local.get $c0) (local.get $a)))
      (local.set $high1 (i32x4.dot_i16x8_s (local.get $c1) (local.get $a)))
      (local.set $a (v128.load offset=0 (local.get $low)))
      (local.set $low0 (i32x4.dot_i16x8_s (local.get $c0) (local.get $a)))
      (local.set $low1 (i32x4.dot_i16x8_s (local.get $c1) (local.get $a)))
      (local.set $c0 (v128.load8x8_s offset=8 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=8 (local.get $codes1)))
      (local.set $a (v128.load offset=16 (local.get $input)))
      (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $a (v128.load offset=16 (local.get $low)))
      (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $c0 (v128.load8x8_s offset=16 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=16 (local.get $codes1)))
      (local.set $a (v128.load offset=32 (local.get $input)))
      (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $a (v128.load offset=32 (local.get $low)))
      (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $c0 (v128.load8x8_s offset=24 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=24 (local.get $codes1)))
      (local.set $a (v128.load offset=48 (local.get $input)))
      (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $a (v128.load offset=48 (local.get $low)))
      (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $sum0 (f32x4.add (local.get $sum0) (f32x4.mul
        (f32x4.add (f32x4.mul (f32x4.convert_i32x4_s (local.get $high0)) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15))
          (f32x4.convert_i32x4_s (local.get $low0)))
        (f32x4.splat (f32.mul (f32.load (local.get $scales0)) (local.get $scale))))))
      (local.set $sum1 (f32x4.add (local.get $sum1) (f32x4.mul
        (f32x4.add (f32x4.mul (f32x4.convert_i32x4_s (local.get $high1)) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15))
          (f32x4.convert_i32x4_s (local.get $low1)))
        (f32x4.splat (f32.mul (f32.load (local.get $scales1)) (local.get $scale))))))
      (if (local.get $hasLows) (then
        (local.set $sum (f32.add (f32.load (local.get $sums)) (f32.load offset=4 (local.get $sums))))
        (local.set $rest0 (f32.add (local.get $rest0) (f32.mul (f32.load (local.get $lows0)) (local.get $sum))))
        (local.set $rest1 (f32.add (local.get $rest1) (f32.mul (f32.load (local.get $lows1)) (local.get $sum))))))
      (local.set $codes0 (i32.add (local.get $codes0) (i32.const 32)))
      (local.set $codes1 (i32.add (local.get $codes1) (i32.const 32)))
      (local.set $input (i32.add (local.get $input) (i32.const 64)))
      (local.set $low (i32.add (local.get $low) (i32.const 64)))
      (local.set $inputScales (i32.add (local.get $inputScales) (i32.const 4)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
      (local.set $scales0 (i32.add (local.get $scales0) (i32.const 4)))
      (local.set $scales1 (i32.add (local.get $scales1) (i32.const 4)))
      (local.set $lows0 (i32.add (local.get $lows0) (i32.const 4)))
      (local.set $lows1 (i32.add (local.get $lows1) (i32.const 4)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 32)))))
    (f32.store (local.get $output) (f32.add (local.get $rest0) (call $across (local.get $sum0))))
    (f32.store offset=4 (local.get $output) (f32.add (local.get $rest1) (call $across (local.get $sum1)))))

  ;; Two rows of codes in groups of 16 times one prepared input.
  (func $dot16
    (param $codes0 i32) (param $scales0 i32) (param $lows0 i32) (param $codes1 i32) (param $scales1 i32) (param $lows1 i32)
    (param $input i32) (param $columnCount i32) (param $hasLows i32) (param $output i32)
    (local $low i32) (local $inputScales i32) (local $sums i32) (local $left i32)
    (local $c0 v128) (local $c1 v128) (local $a v128)
    (local $high0 v128) (local $high1 v128) (local $low0 v128) (local $low1 v128) (local $sum0 v128) (local $sum1 v128)
    (local $rest0 f32) (local $rest1 f32) (local $scale f32) (local $sum f32)
    (local.set $low (i32.add (local.get $input) (i32.shl (local.get $columnCount) (i32.const 1))))
    (local.set $inputScales (i32.add (local.get $low) (i32.shl (local.get $columnCount) (i32.const 1))))
    (local.set $sums (i32.add (local.get $inputScales) (i32.shr_u (local.get $columnCount) (i32.const 3))))
    (local.set $left (local.get $columnCount))
    (loop $next
      (local.set $scale (f32.load (local.get $inputScales)))
      (local.set $c0 (v128.load8x8_s offset=0 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=0 (local.get $codes1)))
      (local.set $a (v128.load offset=0 (local.get $input)))
      (local.set $high0 (i32x4.dot_i16x8_s (local.get $c0) (local.get $a)))
      (local.set $high1 (i32x4.dot_i16x8_s (local.get $c1) (local.get $a)))
      (local.set $a (v128.load offset=0 (local.get $low)))
      (local.set $low0 (i32x4.dot_i16x8_s (local.get $c0) (local.get $a)))
      (local.set $low1 (i32x4.dot_i16x8_s (local.get $c1) (local.get $a)))
      (local.set $c0 (v128.load8x8_s offset=8 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=8 (local.get $codes1)))
      (local.set $a (v128.load offset=16 (local.get $input)))
      (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $a (v128.load offset=16 (local.get $low)))
      (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $sum0 (f32x4.add (local.get $sum0) (f32x4.mul
        (f32x4.add (f32x4.mul (f32x4.convert_i32x4_s (local.get $high0)) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15))
          (f32x4.convert_i32x4_s (local.get $low0)))
        (f32x4.splat (f32.mul (f32.load (local.get $scales0)) (local.get $scale))))))
      (local.set $sum1 (f32x4.add (local.get $sum1) (f32x4.mul
        (f32x4.add (f32x4.mul (f32x4.convert_i32x4_s (local.get $high1)) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15))
          (f32x4.convert_i32x4_s (local.get $low1)))
        (f32x4.splat (f32.mul (f32.load (local.get $scales1)) (local.get $scale))))))
      (local.set $c0 (v128.load8x8_s offset=16 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=16 (local.get $codes1)))
      (local.set $a (v128.load offset=32 (local.get $input)))
      (local.set $high0 (i32x4.dot_i16x8_s (local.get $c0) (local.get $a)))
      (local.set $high1 (i32x4.dot_i16x8_s (local.get $c1) (local.get $a)))
      (local.set $a (v128.load offset=32 (local.get $low)))
      (local.set $low0 (i32x4.dot_i16x8_s (local.get $c0) (local.get $a)))
      (local.set $low1 (i32x4.dot_i16x8_s (local.get $c1) (local.get $a)))
      (local.set $c0 (v128.load8x8_s offset=24 (local.get $codes0)))
      (local.set $c1 (v128.load8x8_s offset=24 (local.get $codes1)))
      (local.set $a (v128.load offset=48 (local.get $input)))
      (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $a (v128.load offset=48 (local.get $low)))
      (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $c0) (local.get $a))))
      (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $c1) (local.get $a))))
      (local.set $sum0 (f32x4.add (local.get $sum0) (f32x4.mul
        (f32x4.add (f32x4.mul (f32x4.convert_i32x4_s (local.get $high0)) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15))
          (f32x4.convert_i32x4_s (local.get $low0)))
        (f32x4.splat (f32.mul (f32.load offset=4 (local.get $scales0)) (local.get $scale))))))
      (local.set $sum1 (f32x4.add (local.get $sum1) (f32x4.mul
        (f32x4.add (f32x4.mul (f32x4.convert_i32x4_s (local.get $high1)) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15))
          (f32x4.convert_i32x4_s (local.get $low1)))
        (f32x4.splat (f32.mul (f32.load offset=4 (local.get $scales1)) (local.get $scale))))))
      (if (local.get $hasLows) (then
        (local.set $rest0 (f32.add (local.get $rest0)
          (f32.mul (f32.load (local.get $lows0)) (f32.load (local.get $sums)))))
        (local.set $rest1 (f32.add (local.get $rest1)
          (f32.mul (f32.load (local.get $lows1)) (f32.load (local.get $sums)))))
        (local.set $rest0 (f32.add (local.get $rest0)
          (f32.mul (f32.load offset=4 (local.get $lows0)) (f32.load offset=4 (local.get $sums)))))
        (local.set $rest1 (f32.add (local.get $rest1)
          (f32.mul (f32.load offset=4 (local.get $lows1)) (f32.load offset=4 (local.get $sums)))))))
      (local.set $codes0 (i32.add (local.get $codes0) (i32.const 32)))
      (local.set $codes1 (i32.add (local.get $codes1) (i32.const 32)))
      (local.set $input (i32.add (local.get $input) (i32.const 64)))
      (local.set $low (i32.add (local.get $low) (i32.const 64)))
      (local.set $inputScales (i32.add (local.get $inputScales) (i32.const 4)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
      (local.set $scales0 (i32.add (local.get $scales0) (i32.const 8)))
      (local.set $scales1 (i32.add (local.get $scales1) (i32.const 8)))
      (local.set $lows0 (i32.add (local.get $lows0) (i32.const 8)))
      (local.set $lows1 (i32.add (local.get $lows1) (i32.const 8)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 32)))))
    (f32.store (local.get $output) (f32.add (local.get $rest0) (call $across (local.get $sum0))))
    (f32.store offset=4 (local.get $output) (f32.add (local.get $rest1) (call $across (local.get $sum1)))))

  ;; Q8_0: scale, 32 signed bytes
  (func $Q8_0
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32)
    (loop $next
      (f32.store (local.get $scales) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (v128.store (local.get $codes) (v128.load offset=2 (local.get $row)))
      (v128.store offset=16 (local.get $codes)
          (v128.load offset=18 (local.get $row)))
      (local.set $row (i32.add (local.get $row) (i32.const 34)))
      (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 4)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 32))))))

  ;; Q4_0: scale, 16 bytes: the low halves are the first 16 codes, the high halves the others
  (func $Q4_0
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $packed v128) (local $codes0 v128) (local $codes1 v128)
    (loop $next
      (f32.store (local.get $scales) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (local.set $packed (v128.load offset=2 (local.get $row)))
      (local.set $codes0 (v128.and (local.get $packed) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $codes1 (i8x16.shr_u (local.get $packed) (i32.const 4)))
      (v128.store (local.get $codes) (i8x16.sub (local.get $codes0) (v128.const i8x16 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8)))
      (v128.store offset=16 (local.get $codes) (i8x16.sub (local.get $codes1) (v128.const i8x16 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8)))
      (local.set $row (i32.add (local.get $row) (i32.const 18)))
      (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 4)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 32))))))

  ;; Q4_1: scale, low, 16 bytes
  (func $Q4_1
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $packed v128) (local $codes0 v128) (local $codes1 v128)
    (loop $next
      (f32.store (local.get $scales) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (f32.store (local.get $lows) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u offset=2 (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (local.set $packed (v128.load offset=4 (local.get $row)))
      (local.set $codes0 (v128.and (local.get $packed) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $codes1 (i8x16.shr_u (local.get $packed) (i32.const 4)))
      (v128.store (local.get $codes) (local.get $codes0))
      (v128.store offset=16 (local.get $codes) (local.get $codes1))
      (local.set $row (i32.add (local.get $row) (i32.const 20)))
      (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 4)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 32))))))

  ;; Q5_0: scale, 32 fifth bits, 16 bytes
  (func $Q5_0
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $packed v128) (local $codes0 v128) (local $codes1 v128)
    (loop $next
      (f32.store (local.get $scales) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (local.set $packed (v128.load offset=6 (local.get $row)))
      (local.set $codes0 (v128.and (local.get $packed) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $codes1 (i8x16.shr_u (local.get $packed) (i32.const 4)))
      (local.set $packed (v128.load32_splat offset=2 (local.get $row)))
      (local.set $codes0 (v128.or (local.get $codes0) (v128.and (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16) (i8x16.ne (v128.const i64x2 0 0) (v128.and
        (v128.const i8x16 1 2 4 8 16 32 64 -128 1 2 4 8 16 32 64 -128)
        (i8x16.shuffle 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1
        (local.get $packed) (local.get $packed)))))))
      (local.set $codes1 (v128.or (local.get $codes1) (v128.and (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16) (i8x16.ne (v128.const i64x2 0 0) (v128.and
        (v128.const i8x16 1 2 4 8 16 32 64 -128 1 2 4 8 16 32 64 -128)
        (i8x16.shuffle 2 2 2 2 2 2 2 2 3 3 3 3 3 3 3 3
        (local.get $packed) (local.get $packed)))))))
      (v128.store (local.get $codes) (i8x16.sub (local.get $codes0) (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16)))
      (v128.store offset=16 (local.get $codes) (i8x16.sub (local.get $codes1) (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 22)))
      (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 4)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 32))))))

  ;; Q5_1: scale, low, 32 fifth bits, 16 bytes
  (func $Q5_1
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $packed v128) (local $codes0 v128) (local $codes1 v128)
    (loop $next
      (f32.store (local.get $scales) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (f32.store (local.get $lows) (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u offset=2 (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))
      (local.set $packed (v128.load offset=8 (local.get $row)))
      (local.set $codes0 (v128.and (local.get $packed) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $codes1 (i8x16.shr_u (local.get $packed) (i32.const 4)))
      (local.set $packed (v128.load32_splat offset=4 (local.get $row)))
      (local.set $codes0 (v128.or (local.get $codes0) (v128.and (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16) (i8x16.ne (v128.const i64x2 0 0) (v128.and
        (v128.const i8x16 1 2 4 8 16 32 64 -128 1 2 4 8 16 32 64 -128)
        (i8x16.shuffle 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1
        (local.get $packed) (local.get $packed)))))))
      (local.set $codes1 (v128.or (local.get $codes1) (v128.and (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16) (i8x16.ne (v128.const i64x2 0 0) (v128.and
        (v128.const i8x16 1 2 4 8 16 32 64 -128 1 2 4 8 16 32 64 -128)
        (i8x16.shuffle 2 2 2 2 2 2 2 2 3 3 3 3 3 3 3 3
        (local.get $packed) (local.get $packed)))))))
      (v128.store (local.get $codes) (local.get $codes0))
      (v128.store offset=16 (local.get $codes) (local.get $codes1))
      (local.set $row (i32.add (local.get $row) (i32.const 24)))
      (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 4)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 32))))))

  ;; Q4_K: eight groups of 32; groups 2j and 2j + 1 are the halves of bytes 32j … 32j + 31.
  ;; Bytes 4 … 15 hold scales and lows of six bits: those of groups 0 … 3, then four bits each of groups 4 … 7, whose other
  ;; two bits stand above the first.
  (func $Q4_K
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $g i32) (local $bytes i32) (local $first i32) (local $second i32) (local $third i32)
    (local $scale v128) (local $low v128)
    (loop $next
      (local.set $scale (f32x4.splat (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13)))))))
      (local.set $low (f32x4.neg (f32x4.splat (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u offset=2 (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))))
      (local.set $first (i32.load offset=4 (local.get $row)))
      (local.set $second (i32.load offset=8 (local.get $row)))
      (local.set $third (i32.load offset=12 (local.get $row)))
      (v128.store (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.and (local.get $first) (i32.const 0x3f3f3f3f))))))))
      (v128.store (local.get $lows) (f32x4.mul (local.get $low) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.and (local.get $second) (i32.const 0x3f3f3f3f))))))))
      (v128.store offset=16 (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.or (i32.and (local.get $third) (i32.const 0x0f0f0f0f))
        (i32.shl (i32.and (i32.shr_u (local.get $first) (i32.const 6)) (i32.const 0x03030303)) (i32.const 4)))))))))
      (v128.store offset=16 (local.get $lows) (f32x4.mul (local.get $low) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.or (i32.and (i32.shr_u (local.get $third) (i32.const 4)) (i32.const 0x0f0f0f0f))
        (i32.shl (i32.and (i32.shr_u (local.get $second) (i32.const 6)) (i32.const 0x03030303)) (i32.const 4)))))))))
      (local.set $bytes (i32.add (local.get $row) (i32.const 16)))
      (local.set $g (i32.const 0))
      (loop $group
        (v128.store (local.get $codes)
          (v128.and (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15) (i8x16.shr_u
          (v128.load (local.get $bytes)) (i32.shl (i32.and (local.get $g) (i32.const 1)) (i32.const 2)))))
        (v128.store offset=16 (local.get $codes)
          (v128.and (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15) (i8x16.shr_u
          (v128.load offset=16 (local.get $bytes)) (i32.shl (i32.and (local.get $g) (i32.const 1)) (i32.const 2)))))
        (if (i32.and (local.get $g) (i32.const 1)) (then (local.set $bytes (i32.add (local.get $bytes) (i32.const 32)))))
        (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
        (br_if $group (i32.lt_u (local.tee $g (i32.add (local.get $g) (i32.const 1))) (i32.const 8))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 32)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 32)))
      (local.set $row (i32.add (local.get $row) (i32.const 144)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 256))))))

  ;; Q5_K: eight groups of 32; groups 2j and 2j + 1 are the halves of bytes 32j … 32j + 31. Bit g of 32 more bytes is the fifth.
  ;; Bytes 4 … 15 hold scales and lows of six bits: those of groups 0 … 3, then four bits each of groups 4 … 7, whose other
  ;; two bits stand above the first.
  (func $Q5_K
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $g i32) (local $bytes i32) (local $first i32) (local $second i32) (local $third i32)
    (local $scale v128) (local $low v128)
    (loop $next
      (local.set $scale (f32x4.splat (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13)))))))
      (local.set $low (f32x4.neg (f32x4.splat (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u offset=2 (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13))))))))
      (local.set $first (i32.load offset=4 (local.get $row)))
      (local.set $second (i32.load offset=8 (local.get $row)))
      (local.set $third (i32.load offset=12 (local.get $row)))
      (v128.store (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.and (local.get $first) (i32.const 0x3f3f3f3f))))))))
      (v128.store (local.get $lows) (f32x4.mul (local.get $low) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.and (local.get $second) (i32.const 0x3f3f3f3f))))))))
      (v128.store offset=16 (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.or (i32.and (local.get $third) (i32.const 0x0f0f0f0f))
        (i32.shl (i32.and (i32.shr_u (local.get $first) (i32.const 6)) (i32.const 0x03030303)) (i32.const 4)))))))))
      (v128.store offset=16 (local.get $lows) (f32x4.mul (local.get $low) (f32x4.convert_i32x4_u
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (i32.or (i32.and (i32.shr_u (local.get $third) (i32.const 4)) (i32.const 0x0f0f0f0f))
        (i32.shl (i32.and (i32.shr_u (local.get $second) (i32.const 6)) (i32.const 0x03030303)) (i32.const 4)))))))))
      (local.set $bytes (i32.add (local.get $row) (i32.const 48)))
      (local.set $g (i32.const 0))
      (loop $group
        (v128.store (local.get $codes)
          (v128.or (v128.and (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15) (i8x16.shr_u
          (v128.load (local.get $bytes)) (i32.shl (i32.and (local.get $g) (i32.const 1)) (i32.const 2))))
          (i8x16.shl (v128.and (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)
            (i8x16.shr_u (v128.load offset=16 (local.get $row)) (local.get $g))) (i32.const 4))))
        (v128.store offset=16 (local.get $codes)
          (v128.or (v128.and (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15) (i8x16.shr_u
          (v128.load offset=16 (local.get $bytes)) (i32.shl (i32.and (local.get $g) (i32.const 1)) (i32.const 2))))
          (i8x16.shl (v128.and (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)
            (i8x16.shr_u (v128.load offset=32 (local.get $row)) (local.get $g))) (i32.const 4))))
        (if (i32.and (local.get $g) (i32.const 1)) (then (local.set $bytes (i32.add (local.get $bytes) (i32.const 32)))))
        (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
        (br_if $group (i32.lt_u (local.tee $g (i32.add (local.get $g) (i32.const 1))) (i32.const 8))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 32)))
      (local.set $lows (i32.add (local.get $lows) (i32.const 32)))
      (local.set $row (i32.add (local.get $row) (i32.const 176)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 256))))))

  ;; Q6_K: sixteen groups of 16, six bits each: four in one plane, two in another, in halves of 128.
  (func $Q6_K
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (local $half i32) (local $quarter i32) (local $scale v128) (local $bytes i32) (local $to i32)
    (local $packed0 v128) (local $packed1 v128) (local $high v128)
    (loop $next
      (local.set $scale (f32x4.splat (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.or
        (i32.shl (i32.and (local.tee $half (i32.load16_u offset=208 (local.get $row))) (i32.const 0x8000)) (i32.const 16))
        (i32.shl (i32.and (local.get $half) (i32.const 0x7fff)) (i32.const 13)))))))
      (v128.store (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s
        (i32x4.extend_low_i16x8_s (v128.load8x8_s offset=192 (local.get $row))))))
      (v128.store offset=16 (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s
        (i32x4.extend_high_i16x8_s (v128.load8x8_s offset=192 (local.get $row))))))
      (v128.store offset=32 (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s
        (i32x4.extend_low_i16x8_s (v128.load8x8_s offset=200 (local.get $row))))))
      (v128.store offset=48 (local.get $scales) (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s
        (i32x4.extend_high_i16x8_s (v128.load8x8_s offset=200 (local.get $row))))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 64)))
      ;; Sixteen codes of each of the four groups of 32 at once, four times.
      (local.set $quarter (i32.const 0))
      (loop $sixteen
        (local.set $bytes (i32.add (local.get $row) (i32.add
          (i32.shl (i32.and (local.get $quarter) (i32.const 2)) (i32.const 5))
          (i32.shl (i32.and (local.get $quarter) (i32.const 1)) (i32.const 4)))))
        (local.set $packed0 (v128.load (local.get $bytes)))
        (local.set $packed1 (v128.load offset=32 (local.get $bytes)))
        (local.set $high (v128.load offset=128 (i32.add (local.get $row) (i32.shl (local.get $quarter) (i32.const 4)))))
        (local.set $to (i32.add (local.get $codes) (i32.add
          (i32.shl (i32.and (local.get $quarter) (i32.const 2)) (i32.const 6))
          (i32.shl (i32.and (local.get $quarter) (i32.const 1)) (i32.const 4)))))
        (v128.store (local.get $to) (i8x16.sub (v128.or (v128.and (local.get $packed0) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15))
          (i8x16.shl (v128.and (local.get $high) (v128.const i8x16 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3)) (i32.const 4)))
          (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32)))
        (v128.store offset=32 (local.get $to) (i8x16.sub (v128.or (v128.and (local.get $packed1) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15))
          (i8x16.shl (v128.and (i8x16.shr_u (local.get $high) (i32.const 2)) (v128.const i8x16 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3)) (i32.const 4)))
          (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32)))
        (v128.store offset=64 (local.get $to) (i8x16.sub (v128.or (i8x16.shr_u (local.get $packed0) (i32.const 4))
          (i8x16.shl (v128.and (i8x16.shr_u (local.get $high) (i32.const 4)) (v128.const i8x16 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3)) (i32.const 4)))
          (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32)))
        (v128.store offset=96 (local.get $to) (i8x16.sub (v128.or (i8x16.shr_u (local.get $packed1) (i32.const 4))
          (i8x16.shl (v128.and (i8x16.shr_u (local.get $high) (i32.const 6)) (v128.const i8x16 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3)) (i32.const 4)))
          (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32)))
        (br_if $sixteen (i32.lt_u (local.tee $quarter (i32.add (local.get $quarter) (i32.const 1))) (i32.const 4))))
      (local.set $codes (i32.add (local.get $codes) (i32.const 256)))
      (local.set $row (i32.add (local.get $row) (i32.const 210)))
      (br_if $next (local.tee $columnCount (i32.sub (local.get $columnCount) (i32.const 256))))))

  ;; Rows that were unpacked when they were read: codes, scales, lows, of groups of 16 or 32.
  (func $wide16
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (call $wide (local.get $row) (local.get $codes) (local.get $scales) (local.get $lows) (local.get $columnCount)
      (i32.shr_u (local.get $columnCount) (i32.const 2))))
  (func $wide32
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (call $wide (local.get $row) (local.get $codes) (local.get $scales) (local.get $lows) (local.get $columnCount)
      (i32.shr_u (local.get $columnCount) (i32.const 3))))
  (func $wide
    (param $row i32) (param $codes i32) (param $scales i32) (param $lows i32) (param $columnCount i32)
    (param $groupBytes i32)
    (call $copy (local.get $row) (local.get $codes) (local.get $columnCount))
    (local.set $row (i32.add (local.get $row) (local.get $columnCount)))
    (call $copy (local.get $row) (local.get $scales) (local.get $groupBytes))
    (call $copy (i32.add (local.get $row) (local.get $groupBytes)) (local.get $lows) (local.get $groupBytes)))
  ;; Four bytes at a time.
  (func $copy (param $from i32) (param $to i32) (param $byteCount i32)
    (loop $next
      (i32.store (local.get $to) (i32.load (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $next (local.tee $byteCount (i32.sub (local.get $byteCount) (i32.const 4)))))))
