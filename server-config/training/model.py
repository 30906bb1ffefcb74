"""Stable Diffusion 1.x in the layout of its single-file checkpoint, sized by a few numbers."""
import math

import torch
import torch.nn.functional as F
from torch import nn


def norm(channels, eps=1e-5):
    return nn.GroupNorm(32, channels, eps)


def attend(q, k, v, mask=0.0):
    """Attention of [batch, heads, tokens, channels]; written out, as on a CPU heads this small train faster so."""
    return torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + mask, -1) @ v


def start_linear(model):
    """Starts convolutions so that they keep the signal's size, and residual branches at nothing."""
    for part in model.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.normal_(part.weight, std=part.weight[0].numel() ** -0.5)
            nn.init.zeros_(part.bias)
    for part in model.modules():
        last = part.conv2 if isinstance(part, Block) else part.out_layers[3] if isinstance(part, Res) else \
            part.proj_out if isinstance(part, PixelAttention) else None
        if last is not None:
            nn.init.zeros_(last.weight)


class TextLayer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.self_attn = nn.ModuleDict({n: nn.Linear(width, width) for n in ("q_proj", "k_proj", "v_proj", "out_proj")})
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})
        self.heads = width // 64

    def forward(self, x):
        h = self.layer_norm1(x)
        b, t, c = h.shape
        q, k, v = (self.self_attn[n](h).view(b, t, self.heads, -1).transpose(1, 2) for n in ("q_proj", "k_proj", "v_proj"))
        later = torch.full((t, t), -torch.inf).triu(1)
        h = attend(q, k, v, later).transpose(1, 2).reshape(b, t, c)
        x = x + self.self_attn["out_proj"](h)
        h = self.mlp["fc1"](self.layer_norm2(x))
        return x + self.mlp["fc2"](h * torch.sigmoid(1.702 * h))


class TextEncoder(nn.Module):
    def __init__(self, vocabulary, width=64, layers=2):
        super().__init__()
        self.embeddings = nn.ModuleDict({"token_embedding": nn.Embedding(vocabulary, width), "position_embedding": nn.Embedding(77, width)})
        for e in self.embeddings.values():
            nn.init.normal_(e.weight, std=0.05)
        self.encoder = nn.ModuleDict({"layers": nn.ModuleList(TextLayer(width) for _ in range(layers))})
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.embeddings["token_embedding"](tokens) + self.embeddings["position_embedding"].weight[: tokens.shape[1]]
        for layer in self.encoder["layers"]:
            x = layer(x)
        return self.final_layer_norm(x)


class Block(nn.Module):
    """Residual block of the autoencoder."""

    def __init__(self, cin, cout):
        super().__init__()
        self.norm1, self.conv1 = norm(cin, 1e-6), nn.Conv2d(cin, cout, 3, padding=1)
        self.norm2, self.conv2 = norm(cout, 1e-6), nn.Conv2d(cout, cout, 3, padding=1)
        if cin != cout:
            self.nin_shortcut = nn.Conv2d(cin, cout, 1)
        self.idle = False

    def forward(self, x):
        """An idle block is one whose second convolution reads only constants, which are not trained; this costs little."""
        if self.idle:
            with torch.no_grad():
                h = self.conv2(F.silu(self.norm2.bias[:, None, None].expand(-1, *x.shape[2:])[None]))
        else:
            h = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return h + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)


class PixelAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm = norm(c, 1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        n = self.norm(x)
        q, k, v = (f(n).view(b, 1, c, h * w).transpose(2, 3) for f in (self.q, self.k, self.v))
        return x + self.proj_out(attend(q, k, v).transpose(2, 3).reshape(b, c, h, w))


def middle(c):
    return nn.ModuleDict({"block_1": Block(c, c), "attn_1": PixelAttention(c), "block_2": Block(c, c)})


class Autoencoder(nn.Module):
    def __init__(self, ch=32, mult=(1, 2, 2, 4), decoder_mult=(2, 1, 2, 4), blocks=1):
        super().__init__()
        e, d = nn.Module(), nn.Module()
        e.conv_in, e.down, c = nn.Conv2d(3, ch, 3, padding=1), nn.ModuleList(), ch
        for i, m in enumerate(mult):
            level = nn.ModuleDict({"block": nn.ModuleList()})
            for _ in range(blocks):
                level["block"].append(Block(c, ch * m))
                c = ch * m
            if i < len(mult) - 1:
                level["downsample"] = nn.ModuleDict({"conv": nn.Conv2d(c, c, 3, stride=2)})
            e.down.append(level)
        e.mid, e.norm_out, e.conv_out = middle(c), norm(c, 1e-6), nn.Conv2d(c, 8, 3, padding=1)
        c = ch * decoder_mult[-1]
        d.conv_in, d.mid = nn.Conv2d(4, c, 3, padding=1), middle(c)
        ups = []
        for i, m in reversed(list(enumerate(decoder_mult))):
            level = nn.ModuleDict({"block": nn.ModuleList()})
            for _ in range(blocks + 1):
                level["block"].append(Block(c, ch * m))
                c = ch * m
            if i:
                level["upsample"] = nn.ModuleDict({"conv": nn.Conv2d(c, c, 3, padding=1)})
            ups.insert(0, level)
        d.up, d.norm_out, d.conv_out = nn.ModuleList(ups), norm(c, 1e-6), nn.Conv2d(c, 3, 3, padding=1)
        self.encoder, self.decoder = e, d
        self.quant_conv, self.post_quant_conv = nn.Conv2d(8, 8, 1), nn.Conv2d(4, 4, 1)
        self._start()

    @torch.no_grad()
    def _start(self):
        """Starts as a linear network that keeps the signal's size, and makes the norms keep what colour a picture has on the whole."""
        start_linear(self)
        self.quant_conv.weight[4:] = 0.0
        self.quant_conv.bias[4:] = -4.6
        # Two of the four channels of a group are large constants: beside them the other two are not normalized away.
        for layer in self.encoder.mid["block_2"].conv2, self.decoder.conv_in:
            layer.bias[2::4], layer.bias[3::4] = 3.0, -3.0
        self.encoder.norm_out.weight *= 2.1
        # Groups of two: a large pattern, the picture's edge, which padding with zeros makes of a constant, does the same.
        last = self.decoder.up[0]["block"][-1]
        last.norm2.weight[1], last.norm2.bias[1] = 0.0, 4.0
        last.conv2.weight[1::2, 1] = torch.full((3, 3), -0.5).index_put((torch.tensor(1), torch.tensor(1)), torch.tensor(4.0))
        self.decoder.norm_out.weight[0::2] *= 2.0
        # These cost more than all others together, and pictures of shapes do without them.
        for block in *self.encoder.down[0]["block"], *self.decoder.up[0]["block"]:
            block.idle = True

    @staticmethod
    def _mid(m, h):
        return m["block_2"](m["attn_1"](m["block_1"](h)))

    def encode(self, x):
        """(mean, log variance) of pictures in -1..1."""
        e = self.encoder
        h = e.conv_in(x)
        for level in e.down:
            for block in level["block"]:
                h = block(h)
            if "downsample" in level:
                h = level["downsample"]["conv"](F.pad(h, (0, 1, 0, 1)))
        h = e.conv_out(F.silu(e.norm_out(self._mid(e.mid, h))))
        return self.quant_conv(h).chunk(2, 1)

    def decode(self, z):
        d = self.decoder
        h = self._mid(d.mid, d.conv_in(self.post_quant_conv(z)))
        for level in reversed(d.up):
            for block in level["block"]:
                h = block(h)
            if "upsample" in level:
                h = level["upsample"]["conv"](F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return d.conv_out(F.silu(d.norm_out(h)))


class Res(nn.Module):
    def __init__(self, cin, cout, emb):
        super().__init__()
        self.in_layers = nn.Sequential(norm(cin), nn.SiLU(), nn.Conv2d(cin, cout, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(emb, cout))
        self.out_layers = nn.Sequential(norm(cout), nn.SiLU(), nn.Identity(), nn.Conv2d(cout, cout, 3, padding=1))
        self.skip_connection = nn.Conv2d(cin, cout, 1) if cin != cout else nn.Identity()

    def forward(self, x, emb):
        return self.skip_connection(x) + self.out_layers(self.in_layers(x) + self.emb_layers(emb)[:, :, None, None])


class Attention(nn.Module):
    def __init__(self, c, context, heads=8):
        super().__init__()
        self.to_q, self.to_k, self.to_v = nn.Linear(c, c, False), nn.Linear(context, c, False), nn.Linear(context, c, False)
        self.to_out = nn.Sequential(nn.Linear(c, c))
        self.heads = heads

    def forward(self, x, context):
        # Pictures in a row may share one context.
        b, c = len(context), x.shape[2]
        q, k, v = (y.view(b, -1, self.heads, c // self.heads).transpose(1, 2) for y in (self.to_q(x), self.to_k(context), self.to_v(context)))
        return self.to_out(attend(q, k, v).transpose(1, 2).reshape(x.shape))


class Gate(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.proj = nn.Linear(c, 8 * c)

    def forward(self, x):
        a, gate = self.proj(x).chunk(2, -1)
        return a * F.gelu(gate)


class TransformerBlock(nn.Module):
    def __init__(self, c, context):
        super().__init__()
        self.attn1, self.attn2 = Attention(c, c), Attention(c, context)
        self.ff = nn.ModuleDict({"net": nn.Sequential(Gate(c), nn.Identity(), nn.Linear(4 * c, c))})
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(c), nn.LayerNorm(c), nn.LayerNorm(c)

    def forward(self, x, context):
        h = self.norm1(x)
        x = x + self.attn1(h, h)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff["net"](self.norm3(x))


class SpatialTransformer(nn.Module):
    def __init__(self, c, context):
        super().__init__()
        self.norm, self.proj_in, self.proj_out = norm(c, 1e-6), nn.Conv2d(c, c, 1), nn.Conv2d(c, c, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(c, context)])

    def forward(self, x, context):
        b, c, h, w = x.shape
        y = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        for block in self.transformer_blocks:
            y = block(y, context)
        return x + self.proj_out(y.transpose(1, 2).reshape(b, c, h, w))


class Down(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.op = nn.Conv2d(c, c, 3, stride=2, padding=1)

    def forward(self, x):
        return self.op(x)


class Up(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class UNet(nn.Module):
    def __init__(self, mc=32, mult=(2, 3), blocks=1, context=64, attention=(False, True)):
        super().__init__()
        emb = 4 * mc
        self.mc = mc
        self.time_embed = nn.Sequential(nn.Linear(mc, emb), nn.SiLU(), nn.Linear(emb, emb))
        self.input_blocks, self.output_blocks = nn.ModuleList([nn.ModuleList([nn.Conv2d(4, mc, 3, padding=1)])]), nn.ModuleList()
        c, skips = mc, [mc]
        for i, m in enumerate(mult):
            for _ in range(blocks):
                block = [Res(c, m * mc, emb)] + ([SpatialTransformer(m * mc, context)] if attention[i] else [])
                c = m * mc
                self.input_blocks.append(nn.ModuleList(block))
                skips.append(c)
            if i < len(mult) - 1:
                self.input_blocks.append(nn.ModuleList([Down(c)]))
                skips.append(c)
        self.middle_block = nn.ModuleList([Res(c, c, emb), SpatialTransformer(c, context), Res(c, c, emb)])
        for i, m in reversed(list(enumerate(mult))):
            for j in range(blocks + 1):
                block = [Res(c + skips.pop(), m * mc, emb)] + ([SpatialTransformer(m * mc, context)] if attention[i] else [])
                c = m * mc
                if i and j == blocks:
                    block.append(Up(c))
                self.output_blocks.append(nn.ModuleList(block))
        self.out = nn.Sequential(norm(c), nn.SiLU(), nn.Conv2d(c, 4, 3, padding=1))
        start_linear(self)

    @staticmethod
    def _run(block, h, emb, context):
        for part in block:
            h = part(h, emb) if isinstance(part, Res) else part(h, context) if isinstance(part, SpatialTransformer) else part(h)
        return h

    def forward(self, x, t, context):
        half = self.mc // 2
        angles = t.float()[:, None] * torch.exp(-math.log(10000) * torch.arange(half) / half)
        emb = self.time_embed(torch.cat([angles.cos(), angles.sin()], -1))
        h, skips = x, []
        for block in self.input_blocks:
            h = self._run(block, h, emb, context)
            skips.append(h)
        h = self._run(self.middle_block, h, emb, context)
        for block in self.output_blocks:
            h = self._run(block, torch.cat([h, skips.pop()], 1), emb, context)
        return self.out(h)
