"""Trains a tiny Stable Diffusion on drawn shapes; see README.md beside this file."""
import argparse
import copy
import json
import math
import random
import struct
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import shapes
from model import Autoencoder, TextEncoder, UNet
from tokens import Tokenizer

SCALE = 0.18215
BATCH = 64
MOST_WEIGHT = 30
BETAS = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2
ALPHAS = (1 - BETAS).cumprod(0).float()


def to_tensor(pictures):
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def schedule(optimizer, share, peak):
    rate = peak * min(1.0, share * 50 + 0.02) * (0.5 * (1 + math.cos(math.pi * min(share, 1.0))) * 0.98 + 0.02)
    for group in optimizer.param_groups:
        group["lr"] = rate


def train_autoencoder(state, steps, seed):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Autoencoder().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.0)
    step = 0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        if saved.get("done"):
            return model
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        rng.seed(seed + step)
    start = time.time()
    while step < steps:
        schedule(optimizer, step / steps, 1.5e-3)
        # Whole pictures: group norm makes parts of pictures come out differently.
        pictures, _ = shapes.batch(rng, 16)
        x = to_tensor(pictures).contiguous(memory_format=torch.channels_last)
        mean, log_variance = model.encode(x)
        log_variance = log_variance.clamp(-20, 10)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        y = model.decode(z)
        divergence = 0.5 * (mean ** 2 + log_variance.exp() - 1 - log_variance).mean()
        loss = (y - x).abs().mean() + F.mse_loss(y, x) + 1e-5 * divergence
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"vae step {step} loss {loss.item():.4f} error {(y - x).abs().mean().item() * 127.5:.2f}/255 {time.time() - start:.0f}s", flush=True)
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, state)
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


def polish_decoder(vae, state, steps, seed):
    """Trains the decoder on; the latents stay what they are."""
    if not steps:
        return
    torch.manual_seed(seed)
    rng, step = random.Random(seed + 2), 0
    vae.to(memory_format=torch.channels_last)
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    optimizer = torch.optim.AdamW(parameters, 1e-3, weight_decay=0.0)
    if state.exists():
        saved = torch.load(state, weights_only=True)
        vae.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        rng.seed(seed + 2 + step)
    start = time.time()
    while step < steps:
        schedule(optimizer, step / steps, 1e-3)
        x = to_tensor(shapes.batch(rng, 16)[0]).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            mean, _ = vae.encode(x)
        # A little noise, as what the U-Net makes is never exact.
        y = vae.decode(mean + torch.randn_like(mean) * 0.05 / SCALE)
        loss = (y - x).abs().mean() + F.mse_loss(y, x)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            print(f"decoder step {step} error {(y - x).abs().mean().item() * 127.5:.2f}/255 {time.time() - start:.0f}s", flush=True)
            torch.save({"model": vae.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, state)


@torch.no_grad()
def make_latents(vae, tokenizer, count, seed, state):
    if state.exists():
        return torch.load(state, weights_only=True)
    rng, latents, tokens = random.Random(seed + 1), [], []
    for _ in range(count // 32):
        pictures, sentences = shapes.batch(rng, 32)
        latents.append((vae.encode(to_tensor(pictures))[0] * SCALE).half())
        tokens += [tokenizer(s) for s in sentences]
    data = torch.cat(latents), torch.tensor(tokens)
    torch.save(data, state)
    return data


def train_diffusion(vae, state, steps, seed, pictures):
    tokenizer = Tokenizer()
    latents, tokens = make_latents(vae, tokenizer, pictures, seed, state.with_name("latents.pt"))
    empty = torch.tensor(tokenizer(""))
    torch.manual_seed(seed)
    model = torch.nn.ModuleDict({"unet": UNet().to(memory_format=torch.channels_last), "text": TextEncoder()})
    average = copy.deepcopy(model)
    # Most of the vocabulary never occurs; dense updates of it would cost more than the rest of the model.
    used_ids = torch.cat([tokens.unique(), empty.unique()]).unique()
    table = model["text"].embeddings["token_embedding"]
    table.weight.requires_grad_(False)
    rows = torch.nn.Parameter(table.weight[used_ids].clone())
    place = torch.zeros(49408, dtype=torch.long)
    place[used_ids] = torch.arange(len(used_ids))
    parameters = [p for p in model.parameters() if p.requires_grad] + [rows]
    optimizer = torch.optim.AdamW(parameters, 1e-3, weight_decay=1e-3)
    step = 0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        average.load_state_dict(saved["average"])
        optimizer.load_state_dict(saved["optimizer"])
        rows.data.copy_(table.weight[used_ids])
        step = saved["step"]
        torch.manual_seed(seed + step)
    start, total = time.time(), 0.0
    while step < steps:
        schedule(optimizer, step / steps, 1.2e-3)
        pick = torch.randint(0, len(latents), (BATCH,))
        x, ids = latents[pick].float(), tokens[pick].clone()
        ids[torch.rand(BATCH) < 0.1] = empty
        t = torch.randint(0, 1000, (BATCH,))
        # SD1.5's last step still shows a little of the picture's mean; shifted noise hides it, so that colours follow the text.
        noise = torch.randn_like(x) + 0.1 * torch.randn(BATCH, 4, 1, 1)
        a = ALPHAS[t][:, None, None, None]
        text = model["text"]
        h = F.embedding(place[ids], rows) + text.embeddings["position_embedding"].weight
        # Causal attention makes each position independent of the padding behind it, but the U-Net reads all 77.
        for layer in text.encoder["layers"]:
            h = layer(h)
        guess = model["unet"](a.sqrt() * x + (1 - a).sqrt() * noise, t, text.final_layer_norm(h))
        # Where noise drowns the picture, the error of the noise says little of the picture's: plain colours would be learnt last.
        weight = (1 + (1 - a) / a).clamp(max=MOST_WEIGHT)
        loss = (weight * (guess - noise) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            decay = min(0.999, (1 + step) / (10 + step))
            table.weight[used_ids] = rows
            for p, q in zip(average.parameters(), model.parameters()):
                if q is table.weight:
                    p[used_ids] = p[used_ids] * decay + rows * (1 - decay)
                else:
                    p.lerp_(q, 1 - decay)
        step += 1
        total += loss.item()
        if step % 100 == 0:
            print(f"unet step {step} loss {total / 100:.4f} {time.time() - start:.0f}s", flush=True)
            total = 0.0
        if step % 500 == 0:
            torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(),
                        "step": step}, state)
    torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(),
                "step": step}, state)
    return average


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
    parser.add_argument("--vae-steps", type=int, default=1200)
    parser.add_argument("--decoder-steps", type=int, default=1500, help="0 leaves the decoder as it is")
    parser.add_argument("--unet-steps", type=int, default=8000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=int, default=40000, help="how many pictures to draw for the U-Net")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.state.mkdir(parents=True, exist_ok=True)
    vae = train_autoencoder(arguments.state / "vae.pt", arguments.vae_steps, arguments.seed)
    polish_decoder(vae, arguments.state / "decoder.pt", arguments.decoder_steps, arguments.seed)
    model = train_diffusion(vae, arguments.state / "unet.pt", arguments.unet_steps, arguments.seed, arguments.pictures)
    save(vae, model, arguments.output)
    colour, shape = measure(vae, model)
    print(f"right colours {colour:.1%}, right shape {shape:.1%} of 200 prompts; {arguments.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
