"""Opens files of strangers and makes them fit for WhatsApp: a process of its own, bounded in time, memory and output.

    python -m messaging.media.lab < job.json > result.json

Plain Python without Django: whatever a malformed file does to a decoder, it does to this process only.
"""
