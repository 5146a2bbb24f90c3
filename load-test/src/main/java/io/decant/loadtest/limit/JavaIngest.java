package io.decant.loadtest.limit;

import io.decant.bucketer.Lines;
import io.decant.bucketer.Memory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code limit ingest} and {@code limit grow}: reads, splits, writes and syncs blocks, answers. */
final class JavaIngest {

    private static final long STALL_MILLIS = 2;

    private final Path file;
    private final long bytes;
    private final boolean grows;
    private final ByteBuffer block = ByteBuffer.allocateDirect(Preallocated.BLOCK_BYTES);

    /** @param grows whether the file begins empty, and again at {@code bytes}; else it is overwritten */
    JavaIngest(Path file, long bytes, boolean grows) {
        this.file = file;
        this.grows = grows;
        this.bytes = bytes / Preallocated.BLOCK_BYTES * Preallocated.BLOCK_BYTES;
    }

    void run() throws IOException {
        try (FileChannel channel = Preallocated.open(file, grows ? 0 : bytes);
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            System.out.println("port " + listener.socket().getLocalPort());
            try (SocketChannel socket = listener.accept();
                    Selector selector = Selector.open()) {
                socket.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                ingest(channel, socket, selector);
            }
        }
    }

    private void ingest(FileChannel channel, SocketChannel socket, Selector selector) throws IOException {
        long address = Memory.addressOf(block);
        long lines = 0;
        long at = 0;
        while (fill(socket, selector)) {
            long end = address + block.position();
            for (long line = Lines.nextNewline(address, end);
                    line != Lines.NONE;
                    line = Lines.nextNewline(line + 1, end)) {
                lines++;
            }
            int length = block.position();
            Preallocated.writeFully(channel, block.flip(), at);
            channel.force(false);
            at = at + 2L * Preallocated.BLOCK_BYTES > bytes ? 0 : at + length;
            if (grows && at == 0) {
                channel.truncate(0);
            }
            ByteBuffer answer = ByteBuffer.wrap(("OK " + lines + "\n").getBytes(StandardCharsets.US_ASCII));
            while (answer.hasRemaining()) {
                socket.write(answer);
            }
        }
    }

    /** Fills the block; less at the end of input or of patience. False at the end. */
    private boolean fill(SocketChannel socket, Selector selector) throws IOException {
        block.clear();
        while (block.hasRemaining()) {
            int got = socket.read(block);
            if (got < 0) {
                break;
            }
            if (got == 0) {
                boolean more = selector.select(block.position() == 0 ? 0 : STALL_MILLIS) > 0;
                selector.selectedKeys().clear();
                if (!more && block.position() > 0) {
                    break;
                }
            }
        }
        return block.position() > 0;
    }
}
