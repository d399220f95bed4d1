import { BarChart, GaugeChart, HeatmapChart, PieChart, ScatterChart } from 'echarts/charts'
import { MatrixComponent, VisualMapContinuousComponent } from 'echarts/components'
import { use } from '../../charts/engine.ts'

// What the Risk page draws beside lines.
use([BarChart, GaugeChart, HeatmapChart, PieChart, ScatterChart, MatrixComponent, VisualMapContinuousComponent])
