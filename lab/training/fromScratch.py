"""What training from scratch shares (train.py, trainStream.py): the model's shape, its two optimizers, its weights as they ship."""

from dataclasses import dataclass

import torch

import runs
from model import Architecture, Llama
from muon import Muon
from runs import TrainingRun


@dataclass(frozen=True)
class Options(runs.Options):
    muon_rate: float = 0.01
    adam_rate: float = 3e-3
    hidden: int = 128
    layers: int = 4
    heads: int = 8
    kv_heads: int = 4
    head_size: int = 32
    mlp: int = 384
    evaluate: int = 200


class ScratchRun(TrainingRun):
    """Muon for the matrices, AdamW for embeddings and norms."""

    options: Options

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        sizes = {name: getattr(options, name) for name in ("hidden", "layers", "heads", "kv_heads", "head_size", "mlp")}
        self.model = Llama(Architecture(vocabulary=len(self.vocabulary.words), **sizes)).to(self.device)
        matrices = [p for name, p in self.model.named_parameters() if p.dim() == 2 and "embed" not in name]
        self.others = [p for name, p in self.model.named_parameters() if p.dim() == 1 or "embed" in name]
        self.muon = Muon(matrices, lr=options.muon_rate)
        self.adam = torch.optim.AdamW(self.others, lr=options.adam_rate, betas=(0.9, 0.95), weight_decay=0.0)

    def update(self) -> None:
        """Takes the step that the gradients ask for."""
        rate = self.rate
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        for optimizer, full in ((self.muon, self.options.muon_rate), (self.adam, self.options.adam_rate)):
            for group in optimizer.param_groups:
                group["lr"] = rate * full
            optimizer.step()
            optimizer.zero_grad()

    def wants_log(self, figures: dict) -> bool:
        return figures["rose"]

    def state(self) -> dict:
        return dict(**super().state(), muon=self.muon.state_dict(), adam=self.adam.state_dict())

    def load(self, state: dict) -> None:
        super().load(state)
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])

    def rounded_model(self) -> Llama:
        """In float32, its weights rounded to float16 as they are exported."""
        model = Llama(self.model.arch).to(self.device)
        model.load_state_dict({name: tensor.half().float() for name, tensor in self.model.state_dict().items()})
        return model
