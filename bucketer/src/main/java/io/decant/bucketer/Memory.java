package io.decant.bucketer;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import sun.misc.Unsafe;

/**
 * Memory outside the heap, by address; the only class that touches {@link Unsafe}.
 *
 * <p>Nothing here checks bounds: an address that is not the caller's crashes the process or corrupts it. Callers assert
 * their own bounds. Every byte allocated here is counted until it is freed ({@link #allocatedBytes()}), which feeds a
 * metric and the tests for leaks. Addresses need not be aligned. All methods may be called by any thread; reads and
 * writes are plain (no ordering).
 */
public final class Memory {

    private static final Unsafe UNSAFE = unsafe();
    private static final long ARRAY_BASE = Unsafe.ARRAY_BYTE_BASE_OFFSET;
    private static final long BUFFER_ADDRESS = fieldOffset(Buffer.class, "address");
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int SHORT_BYTES_MAX = 64;
    private static final MethodHandle UNLOAD = unloading();
    private static volatile boolean unloadFails;
    private static final AtomicLong ALLOCATED_BYTES = new AtomicLong();

    private Memory() {}

    /** Bytes allocated through this class and not yet freed. */
    public static long allocatedBytes() {
        return ALLOCATED_BYTES.get();
    }

    /**
     * Allocates memory with undefined content.
     *
     * @param bytes at least 1
     * @throws OutOfMemoryError when the system has no more, and none was kept ({@link FreeBlocks})
     */
    public static long allocate(long bytes) {
        assert bytes > 0 : bytes;
        long address;
        try {
            address = UNSAFE.allocateMemory(bytes);
        } catch (OutOfMemoryError e) {
            if (!FreeBlocks.release()) {
                throw e;
            }
            address = UNSAFE.allocateMemory(bytes);
        }
        ALLOCATED_BYTES.addAndGet(bytes);
        return address;
    }

    /** Like {@link #allocate}, all zeros. */
    public static long allocateZeroed(long bytes) {
        long address = allocate(bytes);
        zero(address, bytes);
        return address;
    }

    /**
     * Grows or shrinks an allocation, keeping its content; the old address is no longer valid. On failure the old
     * allocation stands.
     */
    public static long reallocate(long address, long oldBytes, long newBytes) {
        assert address != 0 && oldBytes > 0 && newBytes > 0;
        long moved = UNSAFE.reallocateMemory(address, newBytes);
        ALLOCATED_BYTES.addAndGet(newBytes - oldBytes);
        return moved;
    }

    /**
     * Frees an allocation.
     *
     * @param bytes what it was allocated with
     */
    public static void free(long address, long bytes) {
        assert address != 0 && bytes > 0;
        UNSAFE.freeMemory(address);
        ALLOCATED_BYTES.addAndGet(-bytes);
    }

    /** Frees an allocation that was {@linkplain #count counted} as freed before. */
    static void freeUncounted(long address) {
        UNSAFE.freeMemory(address);
    }

    /** Counts bytes as allocated, or as freed where they are less than 0, that are neither. */
    static void count(long bytes) {
        ALLOCATED_BYTES.addAndGet(bytes);
    }

    /** The byte at {@code address}. */
    public static byte getByte(long address) {
        return UNSAFE.getByte(address);
    }

    /** Writes one byte. */
    public static void putByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }

    /** The int at {@code address}, in native byte order. */
    public static int getInt(long address) {
        return UNSAFE.getInt(address);
    }

    /** Writes an int in native byte order. */
    public static void putInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    /** The long at {@code address}, in native byte order. */
    public static long getLong(long address) {
        return UNSAFE.getLong(address);
    }

    /** Writes a long in native byte order. */
    public static void putLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    /** The long at {@code address} whose lowest byte is the first in memory, whatever the machine. */
    public static long getLongLittleEndian(long address) {
        long value = UNSAFE.getLong(address);
        return LITTLE_ENDIAN ? value : Long.reverseBytes(value);
    }

    /** The short at {@code address} whose lowest byte is the first in memory, whatever the machine. */
    public static short getShortLittleEndian(long address) {
        short value = UNSAFE.getShort(address);
        return LITTLE_ENDIAN ? value : Short.reverseBytes(value);
    }

    /** The same for an int. */
    public static int getIntLittleEndian(long address) {
        int value = UNSAFE.getInt(address);
        return LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
    }

    /** Writes an int whose lowest byte is the first in memory, whatever the machine. */
    public static void putIntLittleEndian(long address, int value) {
        UNSAFE.putInt(address, LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    }

    /** The same for a long. */
    public static void putLongLittleEndian(long address, long value) {
        UNSAFE.putLong(address, LITTLE_ENDIAN ? value : Long.reverseBytes(value));
    }

    /** Copies memory; the two ranges may overlap. */
    public static void copy(long from, long to, long bytes) {
        assert bytes >= 0 : bytes;
        UNSAFE.copyMemory(from, to, bytes);
    }

    /**
     * Copies memory of which most is short: for that, a call of {@link #copy} takes longer than the copy.
     *
     * @param from of a range that does not overlap the other
     */
    static void copyShort(long from, long to, int bytes) {
        if (bytes > SHORT_BYTES_MAX) {
            copy(from, to, bytes);
        } else if (bytes >= Long.BYTES) {
            int last = bytes - Long.BYTES;
            for (int at = 0; at < last; at += Long.BYTES) {
                UNSAFE.putLong(to + at, UNSAFE.getLong(from + at));
            }
            // The last eight bytes, some of which may be there already.
            UNSAFE.putLong(to + last, UNSAFE.getLong(from + last));
        } else if (bytes >= Integer.BYTES) {
            int last = bytes - Integer.BYTES;
            int end = UNSAFE.getInt(from + last);
            UNSAFE.putInt(to, UNSAFE.getInt(from));
            UNSAFE.putInt(to + last, end);
        } else {
            for (int at = 0; at < bytes; at++) {
                UNSAFE.putByte(to + at, UNSAFE.getByte(from + at));
            }
        }
    }

    /** Whether two ranges hold the same bytes. */
    static boolean equal(long one, long other, long bytes) {
        long at = 0;
        for (; at <= bytes - Long.BYTES; at += Long.BYTES) {
            if (UNSAFE.getLong(one + at) != UNSAFE.getLong(other + at)) {
                return false;
            }
        }
        for (; at < bytes; at++) {
            if (UNSAFE.getByte(one + at) != UNSAFE.getByte(other + at)) {
                return false;
            }
        }
        return true;
    }

    /** Copies from memory into a heap array. */
    public static void copyToArray(long from, byte[] to, int offset, int length) {
        assert offset >= 0 && length >= 0 && offset <= to.length - length;
        UNSAFE.copyMemory(null, from, to, ARRAY_BASE + offset, length);
    }

    /** Copies from a heap array into memory. */
    public static void copyFromArray(byte[] from, int offset, int length, long to) {
        assert offset >= 0 && length >= 0 && offset <= from.length - length;
        UNSAFE.copyMemory(from, ARRAY_BASE + offset, null, to, length);
    }

    /** Fills memory with zeros. */
    public static void zero(long address, long bytes) {
        UNSAFE.setMemory(address, bytes, (byte) 0);
    }

    /**
     * Where byte 0 of a direct or mapped buffer lies (position and slice of the buffer's parent do not matter). The
     * address is good for as long as the buffer is reachable.
     *
     * @throws IllegalArgumentException for a buffer on the heap
     */
    public static long addressOf(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a buffer on the heap has no address; use a direct one");
        }
        return UNSAFE.getLong(buffer, BUFFER_ADDRESS);
    }

    /**
     * Gives a mapped or direct buffer's memory back immediately instead of when a collector runs. Nothing may touch
     * the buffer, a view of it, or its address afterwards. The buffer must be the one that was mapped, not a slice of
     * it.
     */
    public static void unmap(ByteBuffer buffer) {
        UNSAFE.invokeCleaner(buffer);
    }

    /**
     * Has the kernel take back the memory in which pages of a mapped file are seen, without a change of what the buffer
     * holds: pages that are touched again come from the page cache. Any thread, also while others read. Where the JDK
     * does not let us, nothing happens.
     *
     * @param buffer a whole file, or the beginning of one, mapped for reading alone
     */
    public static void unload(MappedByteBuffer buffer) {
        if (!canUnload() || !buffer.isReadOnly()) {
            return;
        }
        try {
            UNLOAD.invoke(addressOf(buffer), false, (long) buffer.capacity());
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            // Memory that is locked stays: nothing is lost but memory.
            unloadFails = true;
        }
    }

    /** Whether {@link #unload} does anything: it needs {@code java.nio} to be open. */
    public static boolean canUnload() {
        return UNLOAD != null && !unloadFails;
    }

    /** What JDK 16 and later have for memory segments. */
    private static MethodHandle unloading() {
        try {
            Class<?> type = Class.forName("java.nio.MappedMemoryUtils");
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findStatic(
                            type, "unload", MethodType.methodType(void.class, long.class, boolean.class, long.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long fieldOffset(Class<?> type, String name) {
        try {
            return UNSAFE.objectFieldOffset(type.getDeclaredField(name));
        } catch (NoSuchFieldException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
