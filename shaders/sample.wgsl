// Draws the next token from the logits, as src/model/sampler.ts defines it, and reports the model's own distribution.
//   logits  [VOCABULARY_SIZE]
//   tokens  [1], the token, where the next forward's embed.wgsl finds it
//   results u32 words: token, log probability, entropy, unused, CANDIDATE_COUNT candidate tokens from word 4 on, their
//           log probabilities from word 12 on; all but tokens as f32 bits
// One workgroup in all; its invocations take every WORKGROUP_SIZE-th token. Sums are added up by everyone in the same
// order. Thresholds are found without sorting: floats order like integers once the sign is dealt with, so the largest
// threshold that still leaves enough tokens is built bit by bit.
override WORKGROUP_SIZE: u32;
override VOCABULARY_SIZE: u32;
override CANDIDATE_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> results: array<u32>;

const LOWEST = -3.4e38;

struct Choice {
  value: f32,
  token: u32,
}

var<workgroup> partialChoices: array<Choice, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<vec2f, WORKGROUP_SIZE>;

// The larger value, the lower token on a tie.
fn better(left: Choice, right: Choice) -> Choice {
  if (right.value > left.value || (right.value == left.value && right.token < left.token)) {
    return right;
  }
  return left;
}

fn bestOfAll(own: Choice, lane: u32) -> Choice {
  partialChoices[lane] = own;
  workgroupBarrier();
  var best = own;
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    best = better(best, partialChoices[other]);
  }
  workgroupBarrier();
  return best;
}

fn sumOfAll(own: vec2f, lane: u32) -> vec2f {
  partialSums[lane] = own;
  workgroupBarrier();
  var sum = vec2f();
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    sum += partialSums[other];
  }
  workgroupBarrier();
  return sum;
}

// The best token that comes after `previous` in the order of values.
fn nextBest(previous: Choice, lane: u32) -> Choice {
  var own = Choice(LOWEST, 0xffffffffu);
  for (var token = lane; token < VOCABULARY_SIZE; token += WORKGROUP_SIZE) {
    let value = logits[token];
    if (value < previous.value || (value == previous.value && token > previous.token)) {
      own = better(own, Choice(value, token));
    }
  }
  return bestOfAll(own, lane);
}

// Unsigned integers in the order of the floats; −0 and 0 are equal, as they are to comparisons.
fn orderedBits(value: f32) -> u32 {
  let bits = select(bitcast<u32>(value), 0u, value == 0.0);
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

// Mass at the sampling temperature, and count, of the tokens at or above both thresholds.
fn tokensAbove(threshold: u32, floorBits: u32, maximum: f32, lane: u32) -> vec2f {
  var own = vec2f();
  for (var token = lane; token < VOCABULARY_SIZE; token += WORKGROUP_SIZE) {
    let bits = orderedBits(logits[token]);
    if (bits >= threshold && bits >= floorBits) {
      own += vec2f(exp((logits[token] - maximum) * params.inverseTemperature), 1.0);
    }
  }
  return sumOfAll(own, lane);
}

// Ordered bits of the lowest logit that may be drawn.
fn sampleThreshold(maximum: f32, lane: u32) -> u32 {
  var floorBits = 0u;
  if (params.topK > 0u && params.topK < VOCABULARY_SIZE) {
    for (var bit = 0x80000000u; bit > 0u; bit >>= 1u) {
      let count = tokensAbove(floorBits | bit, 0u, maximum, lane).y;
      floorBits = select(floorBits, floorBits | bit, count >= f32(params.topK));
    }
  }
  if (params.topP >= 1.0) {
    return floorBits;
  }
  let wanted = params.topP * tokensAbove(0u, floorBits, maximum, lane).x;
  var threshold = 0u;
  for (var bit = 0x80000000u; bit > 0u; bit >>= 1u) {
    let mass = tokensAbove(threshold | bit, floorBits, maximum, lane).x;
    threshold = select(threshold, threshold | bit, mass >= wanted && mass > 0.0);
  }
  return max(threshold, floorBits);
}

// The hash of src/lib/random.ts.
fn hashWord(word: u32) -> u32 {
  let state = word * 747796405u + 2891336453u;
  let mixed = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (mixed >> 22u) ^ mixed;
}

fn gumbelNoise(token: u32) -> f32 {
  let hash = hashWord(hashWord(hashWord(params.seed) ^ params.step) ^ token);
  let uniformDraw = (f32(hash >> 9u) + 0.5) / 8388608.0;
  var exponential = -log(uniformDraw);
  if (uniformDraw > 0.75) {
    // Near 1 the error of log exceeds its value: −log u = 2 atanh((1 − u) / (1 + u)), as a series.
    let x = (1.0 - uniformDraw) / (1.0 + uniformDraw);
    let y = x * x;
    exponential =
      2.0 * x * (1.0 + y * (1.0 / 3.0 + y * (1.0 / 5.0 + y * (1.0 / 7.0 + y / 9.0))));
  }
  return -log(exponential);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
  let top = nextBest(Choice(3.4e38, 0u), lane);
  var own = vec2f();
  for (var token = lane; token < VOCABULARY_SIZE; token += WORKGROUP_SIZE) {
    let difference = logits[token] - top.value;
    own += vec2f(1.0, difference) * exp(difference);
  }
  let sums = sumOfAll(own, lane);
  let logSum = log(sums.x);

  var drawn = top;
  if (params.inverseTemperature > 0.0) {
    let threshold = sampleThreshold(top.value, lane);
    var best = Choice(LOWEST, 0xffffffffu);
    for (var token = lane; token < VOCABULARY_SIZE; token += WORKGROUP_SIZE) {
      let value = logits[token];
      if (orderedBits(value) >= threshold) {
        best = better(best, Choice(value * params.inverseTemperature + gumbelNoise(token), token));
      }
    }
    drawn = bestOfAll(best, lane);
  }
  if (lane == 0u) {
    tokens[0] = drawn.token;
    results[0] = drawn.token;
    results[1] = bitcast<u32>(logits[drawn.token] - top.value - logSum);
    results[2] = bitcast<u32>(max(0.0, logSum - sums.y / sums.x));
  }

  var candidate = top;
  for (var rank = 0u; rank < CANDIDATE_COUNT; rank++) {
    if (lane == 0u) {
      results[4u + rank] = candidate.token;
      results[12u + rank] = bitcast<u32>(candidate.value - top.value - logSum);
    }
    candidate = nextBest(candidate, lane);
  }
}
