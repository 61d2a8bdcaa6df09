// The n-th highest of many numbers without sorting them: parts around a pivot until the place is found (Hoare's quickselect).

/** n from 1 to as many as there are. Reorders the numbers. */
export function nthHighest(numbers: Float32Array, n: number): number {
  const place = n - 1;
  let first = 0;
  let last = numbers.length - 1;
  while (first < last) {
    const pivot = numbers[(first + last) >>> 1];
    let low = first;
    let high = last;
    while (low <= high) {
      while (numbers[low] > pivot) low++;
      while (numbers[high] < pivot) high--;
      if (low > high) break;
      const moved = numbers[low];
      numbers[low++] = numbers[high];
      numbers[high--] = moved;
    }
    if (place <= high) last = high;
    else if (place >= low) first = low;
    else break;
  }
  return numbers[place];
}
