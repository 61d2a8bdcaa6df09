"""Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/): momentum whose step is orthogonalised.

For weight matrices only; embeddings and norms go to AdamW.
"""

import torch
from torch import Tensor


def orthogonalise(matrix: Tensor, rounds: int = 5) -> Tensor:
    """Matrices [...][rows][columns] with singular values moved to about 1 (0.7 ... 1.2), by a quintic Newton-Schulz."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.bfloat16()
    is_tall = x.shape[-2] > x.shape[-1]
    if is_tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(rounds):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if is_tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr: float, momentum: float = 0.95) -> None:
        super().__init__(parameters, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            # Matrices of one shape are orthogonalised together: fewer, larger multiplications.
            by_shape: dict[tuple[int, ...], list[Tensor]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape.setdefault(tuple(parameter.shape), []).append(parameter)
            for (rows, columns), same in by_shape.items():
                directions = torch.stack([self._direction(parameter, group["momentum"]) for parameter in same])
                scale = -group["lr"] * max(1, rows / columns) ** 0.5
                for parameter, update in zip(same, orthogonalise(directions)):
                    parameter.add_(update, alpha=scale)

    def _direction(self, parameter: Tensor, momentum: float) -> Tensor:
        state = self.state[parameter]
        if not state:
            state["average"] = torch.zeros_like(parameter)
        state["average"].lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(state["average"], momentum)  # Nesterov
