;; Matrix times vector in float64, eight rows at once in four registers of two lanes.
;; Twin of matVec in products.ts: every row is one sum over ascending columns, so the bits are the same.
;; Matrices, inputs and outputs are byte offsets into the memory that the caller brings.
;; src/engine/cpu/simd/packedProductModule.ts holds this text compiled: node scripts/run.mjs scripts/buildWasm.ts
(module
  (import "host" "memory" (memory 1))

  ;; For the weights, which take much room and meet one vector at a time.
  ;; matrix  f32 [block][column][8]: rows in blocks of eight, the eight weights of a column side by side
  ;; input   f32 [column]
  ;; output  f32 [block][8]
  (func (export "multiply")
    (param $matrix i32) (param $input i32) (param $output i32) (param $blockCount i32) (param $columnCount i32)
    (local $column i32) (local $at i32) (local $value v128)
    (local $rows01 v128) (local $rows23 v128) (local $rows45 v128) (local $rows67 v128)
    (loop $block
      (local.set $rows01 (v128.const i64x2 0 0))
      (local.set $rows23 (v128.const i64x2 0 0))
      (local.set $rows45 (v128.const i64x2 0 0))
      (local.set $rows67 (v128.const i64x2 0 0))
      (local.set $at (local.get $input))
      (local.set $column (local.get $columnCount))
      (loop $next
        (local.set $value (f64x2.splat (f64.promote_f32 (f32.load (local.get $at)))))
        (local.set $rows01 (f64x2.add (local.get $rows01)
          (f64x2.mul (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $matrix))) (local.get $value))))
        (local.set $rows23 (f64x2.add (local.get $rows23)
          (f64x2.mul (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $matrix))) (local.get $value))))
        (local.set $rows45 (f64x2.add (local.get $rows45)
          (f64x2.mul (f64x2.promote_low_f32x4 (v128.load64_zero offset=16 (local.get $matrix))) (local.get $value))))
        (local.set $rows67 (f64x2.add (local.get $rows67)
          (f64x2.mul (f64x2.promote_low_f32x4 (v128.load64_zero offset=24 (local.get $matrix))) (local.get $value))))
        (local.set $matrix (i32.add (local.get $matrix) (i32.const 32)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
      (v128.store64_lane 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $rows01)))
      (v128.store64_lane offset=8 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $rows23)))
      (v128.store64_lane offset=16 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $rows45)))
      (v128.store64_lane offset=24 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $rows67)))
      (local.set $output (i32.add (local.get $output) (i32.const 32)))
      (br_if $block (local.tee $blockCount (i32.sub (local.get $blockCount) (i32.const 1))))))

  ;; The same for weights of 16 bits. A weight becomes the upper word of a float64: times 2^10 or 2^13, as a signed integer, exponent and
  ;; fraction come to lie where float64 has them, and `mask` leaves one sign. Exponents are then counted from elsewhere, so that it is
  ;; too small by a power of two: the caller scales the input up, as far as float64 has room for products, and `factor` is the rest.
  ;; All of it is exact. Every block is copied first, as a copy waits for many lines of memory at once, which the products would not.
  ;;   float16   times 2^10, mask 0x81ffffff, 2^1008 too small: the float64's exponent is counted from 1023, its own from 15
  ;;   bfloat16  times 2^13, mask 0x8fffffff, 2^896 too small: its own is counted from 127
  ;; matrix  u16 [block][column][8]
  ;; input   f64 [column]
  ;; scratch for a block
  (func (export "multiplyHalves")
    (param $matrix i32) (param $input i32) (param $output i32) (param $blockCount i32) (param $columnCount i32)
    (param $scratch i32) (param $times i32) (param $mask i32) (param $factor f64)
    (local $column i32) (local $at i32) (local $from i32) (local $blockBytes i32) (local $value v128) (local $weights v128) (local $words v128) (local $zero v128)
    (local $evenTimes v128) (local $oddTimes v128) (local $masks v128) (local $factors v128)
    (local $rows02 v128) (local $rows46 v128) (local $rows13 v128) (local $rows57 v128)
    ;; A dot product of pairs, one of which counts.
    (local.set $evenTimes (i32x4.splat (local.get $times)))
    (local.set $oddTimes (i32x4.shl (local.get $evenTimes) (i32.const 16)))
    (local.set $blockBytes (i32.shl (local.get $columnCount) (i32.const 4)))
    (local.set $masks (i32x4.splat (local.get $mask)))
    (local.set $factors (f64x2.splat (local.get $factor)))
    (loop $block
      (local.set $rows02 (v128.const i64x2 0 0))
      (local.set $rows46 (v128.const i64x2 0 0))
      (local.set $rows13 (v128.const i64x2 0 0))
      (local.set $rows57 (v128.const i64x2 0 0))
      (memory.copy (local.get $scratch) (local.get $matrix) (local.get $blockBytes))
      (local.set $matrix (i32.add (local.get $matrix) (local.get $blockBytes)))
      (local.set $from (local.get $scratch))
      (local.set $at (local.get $input))
      (local.set $column (local.get $columnCount))
      (loop $next
        (local.set $value (v128.load64_splat (local.get $at)))
        (local.set $weights (v128.load (local.get $from)))
        (local.set $words (v128.and (local.get $masks) (i32x4.dot_i16x8_s (local.get $weights) (local.get $evenTimes))))
        (local.set $rows02 (f64x2.add (local.get $rows02) (f64x2.mul (local.get $value)
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $zero) (local.get $words)))))
        (local.set $rows46 (f64x2.add (local.get $rows46) (f64x2.mul (local.get $value)
          (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $zero) (local.get $words)))))
        (local.set $words (v128.and (local.get $masks) (i32x4.dot_i16x8_s (local.get $weights) (local.get $oddTimes))))
        (local.set $rows13 (f64x2.add (local.get $rows13) (f64x2.mul (local.get $value)
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $zero) (local.get $words)))))
        (local.set $rows57 (f64x2.add (local.get $rows57) (f64x2.mul (local.get $value)
          (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $zero) (local.get $words)))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
      (v128.store (local.get $output) (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
        (f32x4.demote_f64x2_zero (f64x2.mul (local.get $factors) (local.get $rows02)))
        (f32x4.demote_f64x2_zero (f64x2.mul (local.get $factors) (local.get $rows13)))))
      (v128.store offset=16 (local.get $output) (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
        (f32x4.demote_f64x2_zero (f64x2.mul (local.get $factors) (local.get $rows46)))
        (f32x4.demote_f64x2_zero (f64x2.mul (local.get $factors) (local.get $rows57)))))
      (local.set $output (i32.add (local.get $output) (i32.const 32)))
      (br_if $block (local.tee $blockCount (i32.sub (local.get $blockCount) (i32.const 1))))))

  ;; For the rows of an event, which are few and meet many vectors: two at once, and nothing is converted on the way.
  ;; rows    f64 [block][column][8]
  ;; vectors f64 [a, b][column]
  ;; output  f32 [a, b][block][8]
  (func (export "multiplyPair")
    (param $rows i32) (param $vectors i32) (param $output i32) (param $blockCount i32) (param $columnCount i32)
    (local $column i32) (local $a i32) (local $b i32) (local $outputB i32)
    (local $valueA v128) (local $valueB v128) (local $row v128)
    (local $a01 v128) (local $a23 v128) (local $a45 v128) (local $a67 v128)
    (local $b01 v128) (local $b23 v128) (local $b45 v128) (local $b67 v128)
    (local.set $outputB (i32.add (local.get $output) (i32.shl (local.get $blockCount) (i32.const 5))))
    (loop $block
      (local.set $a01 (v128.const i64x2 0 0))
      (local.set $a23 (v128.const i64x2 0 0))
      (local.set $a45 (v128.const i64x2 0 0))
      (local.set $a67 (v128.const i64x2 0 0))
      (local.set $b01 (v128.const i64x2 0 0))
      (local.set $b23 (v128.const i64x2 0 0))
      (local.set $b45 (v128.const i64x2 0 0))
      (local.set $b67 (v128.const i64x2 0 0))
      (local.set $a (local.get $vectors))
      (local.set $b (i32.add (local.get $vectors) (i32.shl (local.get $columnCount) (i32.const 3))))
      (local.set $column (local.get $columnCount))
      (loop $next
        (local.set $valueA (v128.load64_splat (local.get $a)))
        (local.set $valueB (v128.load64_splat (local.get $b)))
        (local.set $row (v128.load (local.get $rows)))
        (local.set $a01 (f64x2.add (local.get $a01) (f64x2.mul (local.get $row) (local.get $valueA))))
        (local.set $b01 (f64x2.add (local.get $b01) (f64x2.mul (local.get $row) (local.get $valueB))))
        (local.set $row (v128.load offset=16 (local.get $rows)))
        (local.set $a23 (f64x2.add (local.get $a23) (f64x2.mul (local.get $row) (local.get $valueA))))
        (local.set $b23 (f64x2.add (local.get $b23) (f64x2.mul (local.get $row) (local.get $valueB))))
        (local.set $row (v128.load offset=32 (local.get $rows)))
        (local.set $a45 (f64x2.add (local.get $a45) (f64x2.mul (local.get $row) (local.get $valueA))))
        (local.set $b45 (f64x2.add (local.get $b45) (f64x2.mul (local.get $row) (local.get $valueB))))
        (local.set $row (v128.load offset=48 (local.get $rows)))
        (local.set $a67 (f64x2.add (local.get $a67) (f64x2.mul (local.get $row) (local.get $valueA))))
        (local.set $b67 (f64x2.add (local.get $b67) (f64x2.mul (local.get $row) (local.get $valueB))))
        (local.set $rows (i32.add (local.get $rows) (i32.const 64)))
        (local.set $a (i32.add (local.get $a) (i32.const 8)))
        (local.set $b (i32.add (local.get $b) (i32.const 8)))
        (br_if $next (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
      (v128.store64_lane 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $a01)))
      (v128.store64_lane offset=8 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $a23)))
      (v128.store64_lane offset=16 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $a45)))
      (v128.store64_lane offset=24 0 (local.get $output) (f32x4.demote_f64x2_zero (local.get $a67)))
      (v128.store64_lane 0 (local.get $outputB) (f32x4.demote_f64x2_zero (local.get $b01)))
      (v128.store64_lane offset=8 0 (local.get $outputB) (f32x4.demote_f64x2_zero (local.get $b23)))
      (v128.store64_lane offset=16 0 (local.get $outputB) (f32x4.demote_f64x2_zero (local.get $b45)))
      (v128.store64_lane offset=24 0 (local.get $outputB) (f32x4.demote_f64x2_zero (local.get $b67)))
      (local.set $output (i32.add (local.get $output) (i32.const 32)))
      (local.set $outputB (i32.add (local.get $outputB) (i32.const 32)))
      (br_if $block (local.tee $blockCount (i32.sub (local.get $blockCount) (i32.const 1))))))

  ;; Rows of the event, as they are given, in the order that multiplyPair wants. Whole blocks: what lies behind the last
  ;; row is packed with it and never looked at.
  ;; from    f32 [row][column]
  ;; rows    f64 [block][column][8]
  (func (export "pack")
    (param $from i32) (param $rows i32) (param $blockCount i32) (param $columnCount i32)
    (local $rowBytes i32) (local $column i32)
    (local $row1 i32) (local $row2 i32) (local $row3 i32) (local $row4 i32) (local $row5 i32) (local $row6 i32) (local $row7 i32)
    (local.set $rowBytes (i32.shl (local.get $columnCount) (i32.const 2)))
    (loop $block
      (local.set $row1 (i32.add (local.get $from) (local.get $rowBytes)))
      (local.set $row2 (i32.add (local.get $row1) (local.get $rowBytes)))
      (local.set $row3 (i32.add (local.get $row2) (local.get $rowBytes)))
      (local.set $row4 (i32.add (local.get $row3) (local.get $rowBytes)))
      (local.set $row5 (i32.add (local.get $row4) (local.get $rowBytes)))
      (local.set $row6 (i32.add (local.get $row5) (local.get $rowBytes)))
      (local.set $row7 (i32.add (local.get $row6) (local.get $rowBytes)))
      (local.set $column (i32.const 0))
      (loop $next
        (v128.store (local.get $rows) (f64x2.promote_low_f32x4 (v128.load32_lane 1
          (i32.add (local.get $row1) (local.get $column)) (v128.load32_zero (i32.add (local.get $from) (local.get $column))))))
        (v128.store offset=16 (local.get $rows) (f64x2.promote_low_f32x4 (v128.load32_lane 1
          (i32.add (local.get $row3) (local.get $column)) (v128.load32_zero (i32.add (local.get $row2) (local.get $column))))))
        (v128.store offset=32 (local.get $rows) (f64x2.promote_low_f32x4 (v128.load32_lane 1
          (i32.add (local.get $row5) (local.get $column)) (v128.load32_zero (i32.add (local.get $row4) (local.get $column))))))
        (v128.store offset=48 (local.get $rows) (f64x2.promote_low_f32x4 (v128.load32_lane 1
          (i32.add (local.get $row7) (local.get $column)) (v128.load32_zero (i32.add (local.get $row6) (local.get $column))))))
        (local.set $rows (i32.add (local.get $rows) (i32.const 64)))
        (br_if $next (i32.lt_u (local.tee $column (i32.add (local.get $column) (i32.const 4))) (local.get $rowBytes))))
      (local.set $from (i32.add (local.get $row7) (local.get $rowBytes)))
      (br_if $block (local.tee $blockCount (i32.sub (local.get $blockCount) (i32.const 1))))))

  ;; exp((x - peak) * scale) in place of numbers x <= peak, added to the sum in float64 over ascending places. fdlibm's exp, which
  ;; engines of browsers use too, so the bits are those of Math.exp:
  ;;   x = k ln 2 + r,  |r| <= ln 2 / 2,  exp(x) = 2^k exp(r);  below -708 nothing is left
  ;; numbers f32 [place], read to a whole pair
  (func (export "exponentials") (param $at i32) (param $count i32) (param $peak f64) (param $scale f64) (param $sum f64) (result f64)
    (local $peaks v128) (local $scales v128) (local $ones v128)
    (local $x v128) (local $k v128) (local $t v128) (local $hi v128) (local $lo v128) (local $r v128) (local $c v128)
    (local.set $peaks (f64x2.splat (local.get $peak)))
    (local.set $scales (f64x2.splat (local.get $scale)))
    (local.set $ones (v128.const f64x2 1 1))
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $count) (i32.const 0)))
        (local.set $x (f64x2.mul
          (f64x2.sub (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $at))) (local.get $peaks)) (local.get $scales)))
        ;; k, 0 near 0 as in fdlibm, which compares the upper half of the bits
        (local.set $t (f64x2.convert_low_i32x4_s (i32x4.trunc_sat_f64x2_s_zero (f64x2.sub
          (f64x2.mul (local.get $x) (v128.const f64x2 0x1.71547652b82fep+0 0x1.71547652b82fep+0))
          (v128.const f64x2 0.5 0.5)))))
        (local.set $t (v128.andnot (local.get $t)
          (f64x2.gt (local.get $x) (v128.const f64x2 -0x1.62e43p-2 -0x1.62e43p-2))))
        (local.set $k (i32x4.trunc_sat_f64x2_s_zero (local.get $t)))
        (local.set $hi (f64x2.sub (local.get $x)
          (f64x2.mul (local.get $t) (v128.const f64x2 0x1.62e42feep-1 0x1.62e42feep-1))))
        (local.set $lo (f64x2.mul (local.get $t) (v128.const f64x2 0x1.a39ef35793c76p-33 0x1.a39ef35793c76p-33)))
        (local.set $r (f64x2.sub (local.get $hi) (local.get $lo)))
        (local.set $t (f64x2.mul (local.get $r) (local.get $r)))
        (local.set $c (f64x2.sub (local.get $r) (f64x2.mul (local.get $t)
          (f64x2.add (v128.const f64x2 0x1.555555555553ep-3 0x1.555555555553ep-3) (f64x2.mul (local.get $t)
          (f64x2.add (v128.const f64x2 -0x1.6c16c16bebd93p-9 -0x1.6c16c16bebd93p-9) (f64x2.mul (local.get $t)
          (f64x2.add (v128.const f64x2 0x1.1566aaf25de2cp-14 0x1.1566aaf25de2cp-14) (f64x2.mul (local.get $t)
          (f64x2.add (v128.const f64x2 -0x1.bbd41c5d26bf1p-20 -0x1.bbd41c5d26bf1p-20) (f64x2.mul (local.get $t)
            (v128.const f64x2 0x1.6376972bea4d0p-25 0x1.6376972bea4d0p-25))))))))))))
        ;; exp(r), then times 2^k
        (local.set $t (f64x2.sub (local.get $ones) (f64x2.sub
          (f64x2.sub (local.get $lo) (f64x2.div (f64x2.mul (local.get $r) (local.get $c))
            (f64x2.sub (v128.const f64x2 2 2) (local.get $c))))
          (local.get $hi))))
        (local.set $t (f64x2.mul (local.get $t) (i64x2.shl
          (i64x2.add (i64x2.extend_low_i32x4_s (local.get $k)) (v128.const i64x2 1023 1023)) (i32.const 52))))
        (local.set $t (v128.andnot (local.get $t) (f64x2.lt (local.get $x) (v128.const f64x2 -708 -708))))
        (local.set $t (v128.bitselect (f64x2.add (local.get $ones) (local.get $x)) (local.get $t)
          (f64x2.gt (local.get $x) (v128.const f64x2 -0x1p-28 -0x1p-28))))
        (local.set $sum (f64.add (local.get $sum) (f64x2.extract_lane 0 (local.get $t))))
        (if (i32.gt_s (local.get $count) (i32.const 1))
          (then
            (local.set $sum (f64.add (local.get $sum) (f64x2.extract_lane 1 (local.get $t))))
            (v128.store64_lane 0 (local.get $at) (f32x4.demote_f64x2_zero (local.get $t))))
          (else (v128.store32_lane 0 (local.get $at) (f32x4.demote_f64x2_zero (local.get $t)))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 2)))
        (br $next)))
    (local.get $sum)))
