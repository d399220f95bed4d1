import { allocatorContract } from '../../../test/contracts/allocator.ts'
import { ALLOCATION_METHODS } from '../../domain/allocation.ts'
import { ALLOCATORS } from './allocators.ts'

for (const method of ALLOCATION_METHODS) allocatorContract(method, ALLOCATORS[method])
