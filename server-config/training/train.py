"""Trains a tiny Stable Diffusion on drawn shapes; see README.md beside this file."""
import argparse
import concurrent.futures
import copy
import json
import math
import os
import random
import struct
import time
import zlib
from pathlib import Path

# Threads within the small products of these networks cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import torch
import torch.nn.functional as F

import shapes
from model import Autoencoder, TextEncoder, UNet
from tokens import VOCABULARY, Tokenizer

SCALE = 0.18215
BATCH = 32
BETAS = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2
ALPHAS = (1 - BETAS).cumprod(0).float()
# Where noise drowns the picture, the error of the noise says little of the picture's: plain colours would be learnt last.
WEIGHTS = (1 / ALPHAS).clamp(max=8).sqrt()

SHEET = ("a red circle on a blue background", "a yellow star on a purple background", "a green square on a white background",
         "a large white ring on a black background", "a small black triangle on a pink background", "an orange cross on a cyan background",
         "a blue circle at the top left on a yellow background", "a pink star on a gradient background from blue to cyan",
         "a red square on the left and a green circle on the right on a white background")


def to_tensor(pictures):
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def schedule(optimizer, share, peak):
    rate = peak * min(1.0, share * 50 + 0.02) * (0.5 * (1 + math.cos(math.pi * min(share, 1.0))) * 0.98 + 0.02)
    for group in optimizer.param_groups:
        group["lr"] = rate


class Parallel:
    """Runs parts of a batch in one thread each: where other programs use the cores too, this wastes far less than threads within each operation."""

    def __init__(self, model, threads):
        self.model = model
        self.copies = [model] + [copy.deepcopy(model) for _ in range(threads - 1)]
        self.pool = concurrent.futures.ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
        for other in self.copies[1:]:
            for p, q in zip(model.parameters(), other.parameters()):
                q.data = p.data

    def backward(self, loss, *batch):
        """Mean of loss(model, *batch); its gradients are left in the model's parameters."""
        parts = zip(*(part.chunk(len(self.copies)) for part in batch))
        losses = list(self.pool.map(lambda model, part: self._one(loss, model, part), self.copies, parts))
        for other in self.copies[1:]:
            for p, q in zip(self.model.parameters(), other.parameters()):
                if q.grad is not None:
                    p.grad += q.grad
        return sum(losses)

    def _one(self, loss, model, part):
        model.zero_grad()
        result = loss(model, *part) / len(self.copies)
        result.backward()
        return result.item()


def reconstruction(model, x, noise):
    mean, log_variance = model.encode(x)
    y = model.decode(mean + noise * (0.5 * log_variance).exp())
    divergence = 0.5 * (mean ** 2 + log_variance.exp() - 1 - log_variance).mean()
    return (y - x).abs().mean() + F.mse_loss(y, x) + 1e-3 * divergence


def train_autoencoder(state, steps, seed, threads):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Autoencoder()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.0)
    step = 0
    if state.exists():
        saved = torch.load(state)
        model.load_state_dict(saved["model"])
        if saved.get("done"):
            return model
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        rng.seed(seed + step)
    parallel, start, total = Parallel(model, threads), time.time(), 0.0
    while step < steps:
        schedule(optimizer, step / steps, 1.5e-3)
        # Small pictures first, as they cost less; whole ones, as group norm makes parts come out differently.
        size, count = next((size, count) for size, count, share in ((16, 16, 0.23), (32, 8, 0.63), (64, 4, 1)) if step < share * steps)
        x = to_tensor(shapes.batch(rng, count, size)[0])
        total += parallel.backward(reconstruction, x, torch.randn(len(x), 4, size // 8, size // 8))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            print(f"vae step {step} loss {total / 50:.4f} {time.time() - start:.0f}s", flush=True)
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, state)
            total = 0.0
    normalize(model, rng)
    torch.save({"model": model.state_dict(), "done": True}, state)
    return model


@torch.no_grad()
def normalize(model, rng):
    """Gives latents mean 0 and deviation 1 / SCALE by folding the change into the 1x1 convolutions around them."""
    pictures, _ = shapes.batch(rng, 64)
    mean, _ = model.encode(to_tensor(pictures))
    shift, scale = mean.mean((0, 2, 3)), mean.std((0, 2, 3)) * SCALE
    model.post_quant_conv.bias += model.post_quant_conv.weight[:, :, 0, 0] @ shift
    model.post_quant_conv.weight *= scale[None, :, None, None]
    model.quant_conv.weight[:4] /= scale[:, None, None, None]
    model.quant_conv.bias[:4] = (model.quant_conv.bias[:4] - shift) / scale


def decoding(model, x, noise):
    with torch.no_grad():
        mean, _ = model.encode(x)
    # A little noise, as what the U-Net makes is never exact.
    y = model.decode(mean + noise * 0.05 / SCALE)
    return (y - x).abs().mean() + F.mse_loss(y, x)


def polish_decoder(vae, state, steps, seed, threads):
    """Trains the decoder on; the latents stay what they are."""
    torch.manual_seed(seed)
    rng, step = random.Random(seed + 2), 0
    for part in vae.encoder, vae.quant_conv:
        part.requires_grad_(False)
    optimizer = torch.optim.AdamW([p for p in vae.parameters() if p.requires_grad], 1e-3, weight_decay=0.0)
    if state.exists():
        saved = torch.load(state)
        vae.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        rng.seed(seed + 2 + step)
    parallel, start, total = Parallel(vae, threads), time.time(), 0.0
    while step < steps:
        schedule(optimizer, step / steps, 1e-3)
        x = to_tensor(shapes.batch(rng, 4)[0])
        total += parallel.backward(decoding, x, torch.randn(len(x), 4, shapes.SIZE // 8, shapes.SIZE // 8))
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            print(f"decoder step {step} loss {total / 50:.4f} {time.time() - start:.0f}s", flush=True)
            torch.save({"model": vae.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, state)
            total = 0.0


@torch.no_grad()
def make_latents(vae, count, seed, state):
    if state.exists():
        return torch.load(state)
    tokenizer = Tokenizer()
    rng, latents, tokens = random.Random(seed + 1), [], []
    for _ in range(count // 32):
        pictures, sentences = shapes.batch(rng, 32)
        latents.append((vae.encode(to_tensor(pictures))[0] * SCALE).half())
        tokens += [tokenizer(s) for s in sentences]
    data = torch.cat(latents), torch.tensor(tokens)
    torch.save(data, state)
    return data


def noise_error(model, x, tokens, t, noise):
    """Error of the guessed noise; tokens may be fewer than pictures: then pictures in a row share them."""
    a = ALPHAS[t][:, None, None, None]
    guess = model["unet"](a.sqrt() * x + (1 - a).sqrt() * noise, t, model["text"](tokens))
    # Times are drawn by their weights, and so weigh twice.
    return (WEIGHTS[t] * ((guess - noise) ** 2).mean((1, 2, 3))).mean()


def train_diffusion(vae, state, steps, seed, pictures, threads):
    latents, tokens = make_latents(vae, pictures, seed, state.with_name("latents.pt"))
    # Most of the vocabulary never occurs; the words that do are numbered anew while training.
    empty = torch.tensor(Tokenizer()(""))
    used, tokens = torch.cat([tokens, empty[None]]).unique(return_inverse=True)
    tokens, empty = tokens[:-1], tokens[-1]
    torch.manual_seed(seed)
    model = torch.nn.ModuleDict({"unet": UNet(), "text": TextEncoder(len(used))})
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=1e-3)
    step = 0
    if state.exists():
        saved = torch.load(state)
        model.load_state_dict(saved["model"])
        average.load_state_dict(saved["average"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        torch.manual_seed(seed + step)
    parallel, start, total = Parallel(model, threads), time.time(), 0.0
    while step < steps:
        schedule(optimizer, step / steps, 1.2e-3)
        # Each picture twice, with different noise: its sentence is encoded once.
        pick = torch.randint(0, len(latents), (BATCH // 2,))
        ids = torch.where(torch.rand(len(pick), 1) < 0.1, empty, tokens[pick])
        x = latents[pick].float().repeat_interleave(2, 0)
        t = torch.multinomial(WEIGHTS, BATCH)
        # SD1.5's last step still shows a little of the picture's mean; shifted noise hides it, so that colours follow the text.
        noise = torch.randn_like(x) + 0.1 * torch.randn(BATCH, 4, 1, 1)
        total += parallel.backward(noise_error, x, ids, t, noise)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            for p, q in zip(average.parameters(), model.parameters()):
                p.lerp_(q, 1 - decay)
        step += 1
        if step % 100 == 0:
            print(f"unet step {step} loss {total / 100:.4f} {time.time() - start:.0f}s", flush=True)
            total = 0.0
            torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(),
                        "step": step, "used": used}, state)
        if step % 1000 == 0:
            colour, shape = measure(vae, whole_vocabulary(average, used), 40)
            print(f"unet step {step} right colours {colour:.1%}, right shape {shape:.1%} of 40 prompts", flush=True)
    return whole_vocabulary(average, used)


@torch.no_grad()
def whole_vocabulary(model, used):
    """The model with CLIP's numbers for words; words that were never seen mean nothing."""
    text = TextEncoder(VOCABULARY)
    table = torch.zeros_like(text.embeddings["token_embedding"].weight)
    table[used] = model["text"].embeddings["token_embedding"].weight
    text.load_state_dict({**model["text"].state_dict(), "embeddings.token_embedding.weight": table})
    return torch.nn.ModuleDict({"unet": model["unet"], "text": text})


@torch.no_grad()
def sample(vae, model, sentences, cfg=4.0, steps=20, seed=0):
    """DDIM; returns uint8 pictures."""
    tokenizer = Tokenizer()
    context = model["text"](torch.tensor([tokenizer(s) for s in sentences] + [tokenizer("")] * len(sentences)))
    x = torch.randn(len(sentences), 4, shapes.SIZE // 8, shapes.SIZE // 8, generator=torch.Generator().manual_seed(seed))
    times = np.linspace(999, 0, steps + 1).round().astype(int)
    for now, then in zip(times, times[1:]):
        good, plain = model["unet"](torch.cat([x, x]), torch.full((2 * len(x),), int(now)), context).chunk(2)
        noise = plain + cfg * (good - plain)
        a, b = ALPHAS[now], ALPHAS[then] if then > 0 else torch.tensor(1.0)
        clean = (x - (1 - a).sqrt() * noise) / a.sqrt()
        x = b.sqrt() * clean + (1 - b).sqrt() * noise
    y = vae.decode(x / SCALE)
    return ((y.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()


def measure(vae, model, count=200):
    wanted = list(shapes.test_prompts(7, count))
    colour = shape = 0
    for i in range(0, count, 50):
        part = wanted[i:i + 50]
        for picture, (_, s, c, g) in zip(sample(vae, model, [w[0] for w in part], seed=i), part):
            right_colour, right_shape = shapes.check(picture, s, c, g)
            colour += right_colour
            shape += right_shape
    return colour / count, shape / count


def contact_sheet(vae, model, path):
    """Nine pictures, each pixel twice as large, as PNG."""
    pictures = sample(vae, model, SHEET).repeat(2, 1).repeat(2, 2)
    rows = np.concatenate([np.concatenate(pictures[i:i + 3], 1) for i in (0, 3, 6)])
    height, width, _ = rows.shape
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
             (b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows), 9)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts))


def save(vae, model, path):
    """Writes safetensors: header length, JSON header, fp16 data."""
    tensors = {}
    for prefix, module in (("model.diffusion_model.", model["unet"]), ("first_stage_model.", vae),
                           ("cond_stage_model.transformer.text_model.", model["text"])):
        for name, value in module.state_dict().items():
            tensors[prefix + name] = value.detach().half().contiguous().numpy()
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="directory for what a later start goes on from")
    parser.add_argument("--output", type=Path, required=True, help="the checkpoint to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vae-steps", type=int, default=1850)
    parser.add_argument("--decoder-steps", type=int, default=2500)
    parser.add_argument("--unet-steps", type=int, default=9500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=int, default=9000, help="how many pictures to draw for the U-Net")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.state.mkdir(parents=True, exist_ok=True)
    vae = train_autoencoder(arguments.state / "vae.pt", arguments.vae_steps, arguments.seed, arguments.threads)
    polish_decoder(vae, arguments.state / "decoder.pt", arguments.decoder_steps, arguments.seed, arguments.threads)
    model = train_diffusion(vae, arguments.state / "unet.pt", arguments.unet_steps, arguments.seed, arguments.pictures, arguments.threads)
    save(vae, model, arguments.output)
    contact_sheet(vae, model, arguments.output.with_suffix(".png"))
    colour, shape = measure(vae, model)
    print(f"right colours {colour:.1%}, right shape {shape:.1%} of 200 prompts; {arguments.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
