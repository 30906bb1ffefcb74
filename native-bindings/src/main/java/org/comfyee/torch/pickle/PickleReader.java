package org.comfyee.torch.pickle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.torch.ScalarType;

/**
 * Reads what Python's pickle wrote, as far as files of tensors need it. Nothing is ever run: where a pickle calls a function, the
 * few that rebuild tensors and dictionaries are known by name, and any other call gives a value that is good for nothing.
 */
final class PickleReader {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble BIG_DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final Map<String, ScalarType> STORAGES = Map.ofEntries(
            Map.entry("FloatStorage", ScalarType.FLOAT32), Map.entry("HalfStorage", ScalarType.FLOAT16),
            Map.entry("BFloat16Storage", ScalarType.BFLOAT16), Map.entry("DoubleStorage", ScalarType.FLOAT64),
            Map.entry("LongStorage", ScalarType.INT64), Map.entry("IntStorage", ScalarType.INT32), Map.entry("ShortStorage", ScalarType.INT16),
            Map.entry("CharStorage", ScalarType.INT8), Map.entry("ByteStorage", ScalarType.UINT8), Map.entry("BoolStorage", ScalarType.BOOL));

    /** A class or a function. */
    private record Named(String name) {}

    /** What stands in place of objects that are not needed. */
    private static final class Inert {}

    private static final Object MARK = new Object();

    private final MemorySegment bytes;
    private final Map<String, StoredTensor.Storage> storages = new HashMap<>();
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private long at;

    PickleReader(MemorySegment bytes) {
        this.bytes = bytes;
    }

    /** Where reading goes on. */
    long position() {
        return at;
    }

    /** The storages that were named so far, by key. */
    Map<String, StoredTensor.Storage> storages() {
        return storages;
    }

    /**
     * Reads the next pickle: maps, lists, text, numbers and tensors.
     *
     * @throws PickleException if there is none
     */
    Object next() throws PickleException {
        stack.clear();
        memo.clear();
        try {
            while (true) {
                int code = bytes.get(JAVA_BYTE, at++) & 0xff;
                if (code == '.') {
                    return pop();
                }
                step(code);
            }
        } catch (RuntimeException | StackOverflowError e) {
            // Bytes at random ask for all that can go wrong, such as a key that holds itself.
            throw new PickleException("the pickle is damaged near byte " + at);
        }
    }

    private void step(int code) throws PickleException {
        switch (code) {
            case 0x80 -> at += 1;
            case 0x95 -> at += 8;
            case '(' -> push(MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(stack.getLast());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) unsigned(1));
            case 'M' -> push((long) unsigned(2));
            case 'J' -> push((long) bytes.get(INT, advance(4)));
            case 0x8a -> push(integer(unsigned(1)));
            case 0x8b -> push(integer(unsigned(4)));
            case 'G' -> push(bytes.get(BIG_DOUBLE, advance(8)));
            case 'X' -> push(text(unsigned(4)));
            case 0x8c -> push(text(unsigned(1)));
            case 0x8d -> push(text(Math.toIntExact(bytes.get(LONG, advance(8)))));
            case 'U', 'C' -> push(raw(unsigned(1)));
            case 'T', 'B' -> push(raw(unsigned(4)));
            case '}' -> push(new LinkedHashMap<>());
            case ']' -> push(new ArrayList<>());
            case ')' -> push(List.of());
            case 0x8f -> push(new Inert());
            case 't' -> push(popToMark());
            case 'l' -> push(new ArrayList<>(popToMark()));
            case 'd' -> {
                var map = new LinkedHashMap<>();
                put(map, popToMark());
                push(map);
            }
            case 0x85 -> push(popped(1));
            case 0x86 -> push(popped(2));
            case 0x87 -> push(popped(3));
            case 'q' -> memo.put(unsigned(1), stack.getLast());
            case 'r' -> memo.put(unsigned(4), stack.getLast());
            case 0x94 -> memo.put(memo.size(), stack.getLast());
            case 'h' -> push(memo.get(unsigned(1)));
            case 'j' -> push(memo.get(unsigned(4)));
            case 'a' -> add(popped(1));
            case 'e', 0x90 -> add(popToMark());
            case 's' -> {
                var pair = popped(2);
                put(stack.getLast(), pair);
            }
            case 'u' -> {
                var pairs = popToMark();
                put(stack.getLast(), pairs);
            }
            case 'c' -> push(new Named(line() + "." + line()));
            case 0x93 -> {
                var name = popped(2);
                push(new Named(name.get(0) + "." + name.get(1)));
            }
            case 'R', 0x81 -> {
                var call = popped(2);
                push(result(call.get(0), (List<?>) call.get(1)));
            }
            // The state of an object: of no use here.
            case 'b' -> pop();
            case 'Q' -> push(storage((List<?>) pop()));
            default -> throw new PickleException("the pickle has the instruction %d near byte %d, which files of tensors do not need"
                    .formatted(code, at));
        }
    }

    private Object pop() {
        return stack.removeLast();
    }

    private void push(Object value) {
        stack.add(value);
    }

    private List<Object> popped(int count) {
        var top = stack.subList(stack.size() - count, stack.size());
        var values = new ArrayList<>(top);
        top.clear();
        return values;
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(MARK);
        var values = popped(stack.size() - mark - 1);
        stack.remove(mark);
        return values;
    }

    @SuppressWarnings("unchecked")
    private void add(List<Object> values) {
        if (stack.getLast() instanceof ArrayList<?> list) {
            ((ArrayList<Object>) list).addAll(values);
        }
    }

    @SuppressWarnings("unchecked")
    private static void put(Object target, List<Object> pairs) {
        if (target instanceof Map<?, ?> map) {
            for (int i = 0; i < pairs.size(); i += 2) {
                ((Map<Object, Object>) map).put(pairs.get(i), pairs.get(i + 1));
            }
        }
    }

    private Object result(Object function, List<?> arguments) {
        var name = function instanceof Named named ? named.name() : "";
        return switch (name) {
            case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor" -> new StoredTensor((StoredTensor.Storage) arguments.get(0),
                    (Long) arguments.get(1), longs(arguments.get(2)), longs(arguments.get(3)));
            case "torch._utils._rebuild_parameter" -> arguments.getFirst();
            case "collections.OrderedDict" -> ordered(arguments);
            default -> new Inert();
        };
    }

    private static Map<Object, Object> ordered(List<?> arguments) {
        var map = new LinkedHashMap<>();
        if (!arguments.isEmpty() && arguments.getFirst() instanceof List<?> pairs) {
            pairs.forEach(pair -> map.put(((List<?>) pair).get(0), ((List<?>) pair).get(1)));
        }
        return map;
    }

    private static long[] longs(Object numbers) {
        return ((List<?>) numbers).stream().mapToLong(Long.class::cast).toArray();
    }

    private StoredTensor.Storage storage(List<?> id) throws PickleException {
        var type = id.get(1) instanceof Named named ? named.name() : "";
        var known = STORAGES.get(type.substring(type.lastIndexOf('.') + 1));
        if (!"storage".equals(id.get(0)) || known == null) {
            throw new PickleException("the pickle names a storage of type '" + type + "', expected one of " + STORAGES.keySet());
        }
        var storage = new StoredTensor.Storage(known, (String) id.get(2), (Long) id.get(4));
        storages.put(storage.key(), storage);
        return storage;
    }

    private long advance(int count) {
        at += count;
        return at - count;
    }

    private int unsigned(int size) {
        return switch (size) {
            case 1 -> bytes.get(JAVA_BYTE, advance(1)) & 0xff;
            case 2 -> bytes.get(SHORT, advance(2)) & 0xffff;
            default -> Math.toIntExact(bytes.get(INT, advance(4)) & 0xffffffffL);
        };
    }

    private byte[] raw(int length) {
        return bytes.asSlice(advance(length), length).toArray(JAVA_BYTE);
    }

    private String text(int length) {
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    private String line() {
        long end = at;
        while (bytes.get(JAVA_BYTE, end) != '\n') {
            end++;
        }
        var line = text((int) (end - at));
        at++;
        return line;
    }

    /** Little-endian in two's complement; those that do not fit a long are cut. */
    private Object integer(int length) {
        var big = raw(length);
        for (int i = 0; i < big.length / 2; i++) {
            byte low = big[i];
            big[i] = big[big.length - 1 - i];
            big[big.length - 1 - i] = low;
        }
        return length == 0 ? 0L : new BigInteger(big).longValue();
    }
}
