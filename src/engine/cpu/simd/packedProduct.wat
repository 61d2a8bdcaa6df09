;; Matrix times vector in float64, eight rows at once in four registers of two lanes.
;; Twin of matVec.ts: every row is one sum over ascending columns, so the bits are the same.
;;
;; matrix  f32 [block][column][8]: rows in blocks of eight, the eight weights of a column side by side
;; input   f32 [column]
;; output  f32 [block][8]
;; All three are byte offsets into the memory that the caller brings.
;; src/engine/cpu/simd/packedProductModule.ts holds this text compiled: node scripts/run.mjs scripts/buildWasm.ts
(module
  (import "host" "memory" (memory 1))
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
      (br_if $block (local.tee $blockCount (i32.sub (local.get $blockCount) (i32.const 1)))))))
